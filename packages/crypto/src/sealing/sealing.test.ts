import { fc, test as propertyTest } from "@fast-check/vitest";
import {
  AEAD_AES_256_GCM,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
} from "hpke";
import { describe, expect, test } from "vitest";

import { readVectors } from "../../test/vectors/shapes.ts";
import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { CryptoError } from "../crypto-error.ts";
import { messageHash } from "../message/signed-message.ts";
import {
  generateSealingKey,
  generateStorableSealingKey,
  importSealingKey,
  seal,
  unlockInfo,
} from "./sealing.ts";
import { type SuiteName, SUITES } from "./suites.ts";
import { X_WING } from "./x-wing.ts";

const SUITE_NAMES: SuiteName[] = ["X-Wing", "X25519"];
const INFO = unlockInfo(messageHash("request"));
const CEK = new Uint8Array(32).fill(3);

const LIBRARY_KEMS = {
  "X-Wing": KEM_MLKEM768_X25519,
  X25519: KEM_DHKEM_X25519_HKDF_SHA256,
} as const;

/** Nothing of it is ours. */
const librarySuite = (suite: SuiteName) =>
  new CipherSuite(LIBRARY_KEMS[suite], KDF_HKDF_SHA256, AEAD_AES_256_GCM);

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "none",
    (error: unknown) => (error instanceof CryptoError ? error.code : `unexpected ${String(error)}`),
  );
}

test("X-Wing has the identifier and the sizes that the library gives it", () => {
  expect(KEM_MLKEM768_X25519()).toMatchObject(X_WING);
});

describe("vectors", () => {
  const { vectors } = readVectors("hpke.json");
  test.each(vectors)("$kind: $name", async (vector) => {
    const key = await importSealingKey(
      vector.suite,
      decodeBase64url(vector.privateKey),
      decodeBase64url(vector.publicKey),
    );
    const sealed = {
      enc: decodeBase64url(vector.enc),
      ciphertext: decodeBase64url(vector.ciphertext),
    };
    const outcome = await key.open(sealed, unlockInfo(vector.requestHash)).then(
      (opened) => encodeBase64url(opened),
      (error: unknown) => (error instanceof CryptoError ? error.code : error),
    );
    expect(outcome).toBe(vector.kind === "good" ? vector.plaintext : vector.kind);
  });

  test.each(vectors.filter(({ kind }) => kind === "good"))(
    "what is sealed now to the vector's key opens with it: $name",
    async ({ suite, privateKey, publicKey }) => {
      const key = await importSealingKey(
        suite,
        decodeBase64url(privateKey),
        decodeBase64url(publicKey),
      );
      expect(await key.open(await seal(suite, key.publicKey, INFO, CEK), INFO)).toEqual(CEK);
    },
  );
});

describe.each(SUITE_NAMES)("%s", (suite) => {
  propertyTest.prop([fc.uint8Array({ maxLength: 512 })], { numRuns: 20 })(
    // Evidence: Replay of a delivered answer.
    "a sealed message opens once",
    async (plaintext) => {
      const key = await generateSealingKey(suite);
      const sealed = await seal(suite, key.publicKey, INFO, plaintext);
      expect(await key.open(sealed, INFO)).toEqual(plaintext);
      expect(await failure(key.open(sealed, INFO))).toBe("decryption-failed");
    },
  );

  // Evidence: A nonce reused by concurrent sealing.
  test("two calls at once do not both open", async () => {
    const key = await generateSealingKey(suite);
    const sealed = await seal(suite, key.publicKey, INFO, CEK);
    const outcomes = await Promise.all([
      failure(key.open(sealed, INFO)),
      failure(key.open(sealed, INFO)),
    ]);
    expect(outcomes).toEqual(["none", "decryption-failed"]);
  });

  // Evidence: Replay of a delivered answer.
  test("the answer to another request does not open, and does not use the key up", async () => {
    const key = await generateSealingKey(suite);
    const sealed = await seal(suite, key.publicKey, INFO, CEK);
    const other = unlockInfo(messageHash("another request"));
    expect(await failure(key.open(sealed, other))).toBe("decryption-failed");
    expect(await key.open(sealed, INFO)).toEqual(CEK);
  });

  test("a destroyed key opens nothing", async () => {
    const key = await generateSealingKey(suite);
    const sealed = await seal(suite, key.publicKey, INFO, CEK);
    key.destroy();
    expect(await failure(key.open(sealed, INFO))).toBe("decryption-failed");
  });

  // Evidence: A nonce reused by concurrent sealing.
  test("a hundred seals at once share no encapsulation and no ciphertext", async () => {
    const { publicKey } = await generateSealingKey(suite);
    const sealed = await Promise.all(
      Array.from({ length: 100 }, () => seal(suite, publicKey, INFO, CEK)),
    );
    expect(new Set(sealed.map(({ enc }) => encodeBase64url(enc))).size).toBe(100);
    expect(new Set(sealed.map(({ ciphertext }) => encodeBase64url(ciphertext))).size).toBe(100);
  });

  test("the library's own primitives open what ours seal, and the other way round", async () => {
    const library = librarySuite(suite);
    const theirs = await library.GenerateKeyPair();
    const sealed = await seal(suite, await library.SerializePublicKey(theirs.publicKey), INFO, CEK);
    expect(
      await library.Open(theirs.privateKey, sealed.enc, sealed.ciphertext, { info: INFO }),
    ).toEqual(CEK);
    const ours = await generateSealingKey(suite);
    const key = await library.DeserializePublicKey(ours.publicKey);
    const { encapsulatedSecret: enc, ciphertext } = await library.Seal(key, CEK, { info: INFO });
    expect(await ours.open({ enc, ciphertext }, INFO)).toEqual(CEK);
  });

  test("the library reads our stored keys, and the other way round", async () => {
    const library = librarySuite(suite);
    const ours = await generateStorableSealingKey(suite);
    const sealed = await seal(suite, ours.publicKey, INFO, CEK);
    const read = await library.DeserializePrivateKey(await ours.exportPrivateKey());
    expect(await library.Open(read, sealed.enc, sealed.ciphertext, { info: INFO })).toEqual(CEK);
    const theirs = await library.GenerateKeyPair(true);
    const publicKey = await library.SerializePublicKey(theirs.publicKey);
    const privateKey = await library.SerializePrivateKey(theirs.privateKey);
    const key = await importSealingKey(suite, privateKey, publicKey);
    expect(await key.open(await seal(suite, publicKey, INFO, CEK), INFO)).toEqual(CEK);
  });

  test.each([0, 1, 15, 16, 47, 49, 528, 529])(
    "%i bytes of ciphertext do not open",
    async (length) => {
      const key = await generateSealingKey(suite);
      const { enc } = await seal(suite, key.publicKey, INFO, CEK);
      const rubbish = { enc, ciphertext: new Uint8Array(length) };
      expect(await failure(key.open(rubbish, INFO))).toBe("decryption-failed");
    },
  );

  test("keys and encapsulations have the lengths of the table", async () => {
    const { publicKey } = await generateSealingKey(suite);
    const { enc } = await seal(suite, publicKey, INFO, CEK);
    expect(publicKey.byteLength).toBe(SUITES[suite].publicKeyBytes);
    expect(enc.byteLength).toBe(SUITES[suite].encBytes);
  });

  test.each([
    ["a short public key", (key: Uint8Array) => key.slice(1)],
    ["a longer public key", (key: Uint8Array) => Uint8Array.of(...key, 0)],
    ["a public key of zeros", (key: Uint8Array) => new Uint8Array(key.byteLength)],
    [
      "a public key of ones",
      (key: Uint8Array) => new Uint8Array(key.byteLength - 32 > 0 ? key.byteLength : 31).fill(0xff),
    ],
  ])("%s is malformed", async (_, change) => {
    const { publicKey } = await generateSealingKey(suite);
    expect(await failure(seal(suite, change(publicKey), INFO, CEK))).toBe("malformed");
  });

  test("more than a key is not sealed", async () => {
    const { publicKey } = await generateSealingKey(suite);
    expect(await failure(seal(suite, publicKey, INFO, new Uint8Array(513)))).toBe("malformed");
  });
});

test("X-Wing is stronger than X25519", () => {
  expect(SUITES["X-Wing"].strength).toBeGreaterThan(SUITES.X25519.strength);
});

test.each(["", "AAAA", "A".repeat(44), `${"A".repeat(42)}=`])(
  "%j is not a request hash",
  (requestHash) => {
    expect(() => unlockInfo(requestHash)).toThrow(CryptoError);
  },
);

test.each(SUITE_NAMES)(
  "a storable key of %s opens as itself, and as it was stored",
  async (suite) => {
    const key = await generateStorableSealingKey(suite);
    const sealed = await seal(suite, key.publicKey, INFO, CEK);
    const stored = await importSealingKey(suite, await key.exportPrivateKey(), key.publicKey);
    expect(await stored.open(sealed, INFO)).toEqual(CEK);
    expect(await key.open(sealed, INFO)).toEqual(CEK);
  },
);

test("bytes of another length are not a stored key", async () => {
  const key = await generateStorableSealingKey("X25519");
  const privateKey = await key.exportPrivateKey();
  const wrong = importSealingKey("X25519", privateKey.slice(1), key.publicKey);
  expect(await failure(wrong)).toBe("malformed");
});
