import {
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  hash,
  randomBytes,
  type KeyObject,
} from "node:crypto";

import type { KEM, Key } from "hpke";

import { importSpki } from "../import-spki.ts";
import { zero } from "../secret-bytes.ts";

/*
 * X-Wing (draft-connolly-cfrg-xwing-kem §5) by synchronous node:crypto, through the interface that
 * `hpke` offers for this; its key schedule stays. The library's own goes through WebCrypto: eight
 * jobs of the thread pool, which took three quarters of a seal's time, and whose modules alone took
 * a tenth of a cold unlock. No step here takes more than 0.1 ms.
 */

type RecipientKey = Key & {
  readonly mlKem: KeyObject;
  readonly x25519: KeyObject;
  readonly x25519Bytes: Uint8Array;
  /** §5.2: all that is stored of a private key; only of one that may leave. */
  readonly seed?: Uint8Array | undefined;
};

/**
 * draft-ietf-hpke-pq §4. The library has them too, but makes its own KEM to state them, and
 * loads WebCrypto for that.
 */
export const X_WING = {
  id: 0x647a,
  name: "MLKEM768-X25519",
  Nsecret: 32,
  Nenc: 1120,
  Npk: 1216,
  Nsk: 32,
} as const;

const ML_KEM = "ml-kem-768";
const X25519 = "x25519";
const ML_KEM_KEY_BYTES = 1184;
const ML_KEM_CIPHERTEXT_BYTES = 1088;
const ML_KEM_SEED_BYTES = 64;
const EXPANDED_BYTES = 96;
/** §5.3: `\.//^\`. */
const LABEL = Buffer.from("5c2e2f2f5e5c", "hex");

export function createXWing(): KEM<RecipientKey> {
  const algorithm = { name: X_WING.name };
  /** @param seed - ours alone: zeroed unless it may leave again */
  const privateKeyOf = (seed: Uint8Array, extractable: boolean): RecipientKey => {
    const { mlKem, x25519 } = expand(seed);
    const x25519Bytes = rawPublic(createPublicKey(x25519));
    const key = { algorithm, extractable, type: "private", mlKem, x25519, x25519Bytes } as const;
    if (extractable) return { ...key, seed };
    zero(seed);
    return key;
  };
  const publicKeyOf = ({ mlKem, x25519, x25519Bytes }: RecipientKey): RecipientKey => ({
    algorithm,
    extractable: true,
    type: "public",
    mlKem: createPublicKey(mlKem),
    x25519: createPublicKey(x25519),
    x25519Bytes,
  });
  return {
    ...X_WING,
    type: "KEM",
    async GenerateKeyPair(extractable) {
      const privateKey = privateKeyOf(randomBytes(X_WING.Nsk), extractable);
      return { privateKey, publicKey: publicKeyOf(privateKey) };
    },
    async DeriveKeyPair() {
      throw new TypeError("keys are random, or read from their seed");
    },
    async SerializePublicKey({ mlKem, x25519Bytes }) {
      return new Uint8Array(Buffer.concat([rawPublic(mlKem), x25519Bytes]));
    },
    async DeserializePublicKey(bytes) {
      const x25519Bytes = bytes.subarray(ML_KEM_KEY_BYTES);
      return {
        algorithm,
        extractable: true,
        type: "public",
        mlKem: importSpki("ML-KEM-768", bytes.subarray(0, ML_KEM_KEY_BYTES)),
        x25519: importSpki("X25519", x25519Bytes),
        x25519Bytes,
      };
    },
    async SerializePrivateKey({ seed }) {
      if (seed === undefined) throw new TypeError("this key does not leave");
      return new Uint8Array(seed);
    },
    DeserializePrivateKey: async (seed, extractable) =>
      privateKeyOf(new Uint8Array(seed), extractable),
    async Encap({ mlKem, x25519, x25519Bytes }) {
      const { sharedKey, ciphertext } = encapsulate(mlKem);
      const { privateKey, publicKey } = generateKeyPairSync(X25519);
      const ephemeral = rawPublic(publicKey);
      const agreed = diffieHellman({ privateKey, publicKey: x25519 });
      return {
        shared_secret: combine(sharedKey, agreed, ephemeral, x25519Bytes),
        enc: new Uint8Array(Buffer.concat([ciphertext, ephemeral])),
      };
    },
    async Decap(enc, { mlKem, x25519, x25519Bytes }) {
      const ephemeral = enc.subarray(ML_KEM_CIPHERTEXT_BYTES);
      const sharedKey = decapsulate(mlKem, enc.subarray(0, ML_KEM_CIPHERTEXT_BYTES));
      const publicKey = importSpki("X25519", ephemeral);
      const agreed = diffieHellman({ privateKey: x25519, publicKey });
      return combine(sharedKey, agreed, ephemeral, x25519Bytes);
    },
  };
}

/** §5.2.1, expandDecapsulationKey. */
function expand(seed: Uint8Array): { readonly mlKem: KeyObject; readonly x25519: KeyObject } {
  const expanded = createHash("shake256", { outputLength: EXPANDED_BYTES }).update(seed).digest();
  try {
    return {
      mlKem: createPrivateKey({
        key: expanded.subarray(0, ML_KEM_SEED_BYTES),
        format: "raw-seed",
        asymmetricKeyType: ML_KEM,
      }),
      x25519: createPrivateKey({
        key: expanded.subarray(ML_KEM_SEED_BYTES),
        format: "raw-private",
        asymmetricKeyType: X25519,
      }),
    };
  } finally {
    zero(expanded);
  }
}

/** §5.3; zeroes both secrets. */
function combine(
  sharedKey: Buffer,
  agreed: Buffer,
  ephemeral: Uint8Array,
  recipient: Uint8Array,
): Uint8Array {
  const combined = Buffer.concat([sharedKey, agreed, ephemeral, recipient, LABEL]);
  const secret = new Uint8Array(hash("sha3-256", combined, "buffer"));
  zero(sharedKey, agreed, combined);
  return secret;
}

const rawPublic = (key: KeyObject): Uint8Array =>
  (key.type === "public" ? key : createPublicKey(key)).export({ format: "raw-public" });
