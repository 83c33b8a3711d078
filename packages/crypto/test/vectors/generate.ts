/*
 * `npm run vectors -- messages.json` writes the named files of ../../../../vectors, when their
 * format changes. Tests read what is committed, so that a change of behaviour shows. Most have
 * throw-away keys and random values, which are others each time: so no name means no file.
 */
import { createSecretKey, hkdfSync, randomBytes, randomUUID } from "node:crypto";

import {
  canonicalJson,
  chainHash,
  createNonce,
  encodeBase64url,
  messageHash,
  seal,
  unlockInfo,
} from "../../src/index.ts";
import { cipherSuite } from "../../src/sealing/suites.ts";
import { createBadEnvelopes, createGoodEnvelopes, ORDER } from "./envelopes.ts";
import { createMessages } from "./messages.ts";
import { readVectors, type Vectors, writeVectors } from "./shapes.ts";

const FILES = {
  "envelopes-good.json": createGoodEnvelopes,
  "envelopes-bad.json": async () => createBadEnvelopes(readVectors("envelopes-good.json")),
  "messages.json": createMessages,
  "commitments.json": createCommitments,
  "split-keys.json": createSplitKeys,
  "nonces.json": createNonces,
  "passkeys.json": createPasskeys,
  "hpke.json": createSealed,
  "hash-chains.json": createChain,
} satisfies {
  readonly [Name in keyof Vectors]: () => Vectors[Name] | Promise<Vectors[Name]>;
};

const named = new Set(process.argv.slice(2));
const unknown = [...named].filter((name) => !Object.hasOwn(FILES, name));
if (named.size === 0 || unknown.length > 0)
  throw new Error(`name one of ${Object.keys(FILES).join(", ")}`);
for (const [name, create] of Object.entries(FILES))
  if (named.has(name)) writeVectors(name, await create());

function createCommitments(): Vectors["commitments.json"] {
  const vectors = Array.from({ length: 3 }, () => {
    const env = randomUUID();
    const cek = randomBytes(32);
    const commitment = new Uint8Array(
      hkdfSync("sha256", cek, "", `databox-cmk/commit/v1${env}`, 32),
    );
    return { env, cek: encodeBase64url(cek), commitment: encodeBase64url(commitment) };
  });
  return {
    note: "commitment = HKDF-SHA256(ikm = cek, no salt, info = 'databox-cmk/commit/v1' || env, 32 bytes).",
    vectors,
  };
}

function createSplitKeys(): Vectors["split-keys.json"] {
  const vectors = ["VECTOR-001", "VECTOR-002", "VECTOR-003"].map((dev) => {
    const [deviceShare, brokerShare] = [randomBytes(32), randomBytes(32)];
    const env = randomUUID();
    const unlockKey = hkdfSync(
      "sha256",
      Buffer.concat([deviceShare, brokerShare]),
      Buffer.from(env.replaceAll("-", ""), "hex"),
      `databox-cmk/split/v1\u0000${ORDER}\u0000${dev}`,
      32,
    );
    return {
      context: { env, ord: ORDER, dev },
      deviceShare: encodeBase64url(deviceShare),
      brokerShare: encodeBase64url(brokerShare),
      unlockKey: encodeBase64url(new Uint8Array(unlockKey)),
    };
  });
  return {
    note: "unlockKey, as text = base64url of HKDF-SHA256(ikm = deviceShare || brokerShare, salt = the 16 bytes of env, info = 'databox-cmk/split/v1' || 0x00 || ord || 0x00 || dev, 32 bytes).",
    vectors,
  };
}

function createNonces(): Vectors["nonces.json"] {
  const key = randomBytes(32);
  const random = randomBytes(32);
  const serial = "VECTOR-001";
  const expiresAtMs = 1_800_000_000_000;
  const nonce = createNonce(createSecretKey(key), { serial, expiresAtMs, random });
  const made = { random: encodeBase64url(random), expiresAtMs };
  const row = (name: string, verdict: "valid" | "expired" | "invalid", change: object = {}) => ({
    name,
    verdict,
    nonce,
    serial,
    nowMs: expiresAtMs - 1,
    ...change,
  });
  const forged = Buffer.from(nonce, "base64url");
  forged.writeBigUInt64BE(BigInt(expiresAtMs + 60_000), 32);
  return {
    note: "nonce = base64url(random32 || expiry, 8 bytes, big-endian milliseconds || HMAC-SHA256(key, 'databox-cmk/nonce/v1' || random || expiry || serial)).",
    key: encodeBase64url(key),
    vectors: [
      row("one millisecond before its end", "valid", made),
      row("at its end", "expired", { nowMs: expiresAtMs }),
      row("long after its end", "expired", { nowMs: expiresAtMs * 2 }),
      row("another serial", "invalid", { serial: "VECTOR-002" }),
      row("another serial, after its end", "invalid", {
        serial: "VECTOR-002",
        nowMs: expiresAtMs * 2,
      }),
      row("a longer serial", "invalid", { serial: `${serial}0` }),
      row("a later expiry written into it", "invalid", { nonce: encodeBase64url(forged) }),
      row("cut short", "invalid", { nonce: nonce.slice(0, 92) }),
      row("longer", "invalid", { nonce: `${nonce}AAAA` }),
      row("foreign characters", "invalid", { nonce: `${nonce.slice(0, 95)}=` }),
      row("an empty text", "invalid", { nonce: "" }),
    ],
  };
}

function createPasskeys(): Vectors["passkeys.json"] {
  const rows: [string, string, string[]][] = [
    ["12 characters", "Abcdefgh1@23", []],
    ["64 characters", `A1@${"z".repeat(61)}`, []],
    ["no lower-case letter is needed", "ABCDEFGH1@23", []],
    ["every special character", "Aa1@#-$%^!+=;:_()", []],
    ["11 characters", "Abcdefgh1@2", ["too-short"]],
    ["65 characters", `A1@${"z".repeat(62)}`, ["too-long"]],
    [
      "an empty text",
      "",
      ["too-short", "no-upper-case-letter", "no-digit", "no-special-character"],
    ],
    ["no upper-case letter", "abcdefgh1@23", ["no-upper-case-letter"]],
    ["no digit", "Abcdefgh@abc", ["no-digit"]],
    ["no special character", "Abcdefgh1234", ["no-special-character"]],
    ...Array.from("IiLloO0", (letter): [string, string, string[]] => [
      `with ${letter}`,
      `Abcdefg1@23${letter}`,
      ["confusable-character"],
    ]),
    ["a space", "Abcdefg1@23 ", ["forbidden-character"]],
    ["a special character that is not listed", "Abcdefg1@23&", ["forbidden-character"]],
    ["a letter beyond ASCII", "Abcdefg1@23ä", ["forbidden-character"]],
    ["a line break", "Abcdefg1@23\n", ["forbidden-character"]],
    [
      "everything at once",
      "o o",
      [
        "too-short",
        "no-upper-case-letter",
        "no-digit",
        "no-special-character",
        "confusable-character",
        "forbidden-character",
      ],
    ],
  ];
  return {
    note: "Rules of the API's devicePassword; `faults` lists all that are broken, none for a good one.",
    vectors: rows.map(([name, passkey, faults]) => ({ name, passkey, faults })),
  };
}

function flipped(text: string): string {
  return `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
}

async function createSealed(): Promise<Vectors["hpke.json"]> {
  const vectors: Vectors["hpke.json"]["vectors"] = [];
  for (const suite of ["X-Wing", "X25519"] as const) {
    const pair = await cipherSuite(suite).GenerateKeyPair(true);
    const privateKey = encodeBase64url(
      await cipherSuite(suite).SerializePrivateKey(pair.privateKey),
    );
    const publicKey = await cipherSuite(suite).SerializePublicKey(pair.publicKey);
    const plaintext = randomBytes(32);
    const requestHash = messageHash(`request of ${suite}`);
    const sealed = await seal(suite, publicKey, unlockInfo(requestHash), plaintext);
    const row = {
      suite,
      privateKey,
      publicKey: encodeBase64url(publicKey),
      requestHash,
      enc: encodeBase64url(sealed.enc),
      ciphertext: encodeBase64url(sealed.ciphertext),
      plaintext: encodeBase64url(plaintext),
    };
    vectors.push(
      { name: `${suite} opens`, kind: "good", ...row },
      {
        name: `${suite}, another request`,
        kind: "decryption-failed",
        ...row,
        requestHash: messageHash("another"),
      },
      {
        name: `${suite}, ciphertext changed`,
        kind: "decryption-failed",
        ...row,
        ciphertext: flipped(row.ciphertext),
      },
      {
        name: `${suite}, encapsulation changed`,
        kind: "decryption-failed",
        ...row,
        enc: flipped(row.enc),
      },
      {
        name: `${suite}, ciphertext cut`,
        kind: "decryption-failed",
        ...row,
        ciphertext: row.ciphertext.slice(0, 60),
      },
      {
        name: `${suite}, encapsulation cut`,
        kind: "decryption-failed",
        ...row,
        enc: row.enc.slice(0, 20),
      },
    );
  }
  return {
    note: "HPKE base mode, single shot; KEM X-Wing (0x647a) or DHKEM(X25519) (0x0020), HKDF-SHA256, AES-256-GCM; no aad. info = 'databox-cmk/unlock/v1' || the 32 bytes of requestHash.",
    vectors,
  };
}

function createChain(): Vectors["hash-chains.json"] {
  const rows = [
    { sequence: 1, decision: "granted", at: "2026-01-01T00:00:00.000Z" },
    { z: 1e21, a: [1.0, -0, 0.1], "€": "Zürich", "\r": null },
    { nested: { b: true, a: { y: [], x: {} } } },
  ];
  let previous = "";
  const vectors = rows.map((row) => {
    const canonical = canonicalJson(row);
    const link = { previous, row, canonical, hash: chainHash(previous, canonical) };
    previous = link.hash;
    return link;
  });
  return {
    note: "canonical = RFC 8785 form of row; hash = base64url(SHA-256(previous || canonical)), both as UTF-8 text; previous is empty at first.",
    vectors,
  };
}
