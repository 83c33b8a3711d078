import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from "node:crypto";

import { openEnvelope, parseEnvelope, sealEnvelope } from "@databox-cmk/crypto";
import { FlattenedEncrypt, flattenedDecrypt } from "jose";

import { type BenchOutcome, measured, ratio, summarise } from "./bench-result.ts";
import { stubWrap, VERSIONS } from "./stub-wrapping.ts";

const ROUNDS = 20;
const OPERATIONS = 300;
const UNLOCK_KEY = Buffer.from("Abc4efgh2jkmnpq@");
const CONTEXT = {
  env: "00000000-0000-4000-8000-000000000001",
  ord: "/subscriptions/s",
  dev: "DBX-1",
};
const KID = `https://bench.vault.azure.net/keys/kek/${VERSIONS.first}`;
const IV_BYTES = 12;

/**
 * Making an envelope and opening it from its JSON, by turns: ours; jose's own (no key commitment,
 * no strict parser); and the floor, its two primitives alone. Processor time, one after another on
 * one thread.
 */
export async function run(): Promise<BenchOutcome> {
  const contestants = [
    ["our envelope", ourEnvelope],
    ["jose, without commitment", joseEnvelope],
    ["floor: AES-256-GCM and HKDF", primitives],
  ] as const;
  const times = contestants.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [index, [, roundTrip]] of contestants.entries()) {
      const before = process.cpuUsage();
      for (let count = 0; count < OPERATIONS; count += 1) await roundTrip();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) times[index]?.push((user + system) / OPERATIONS);
    }
  const [ours, jose, floor] = contestants.map(([name], index) =>
    summarise(`${name}: sealed and opened`, "µs", times[index] ?? []),
  );
  if (ours === undefined || jose === undefined || floor === undefined)
    throw new TypeError("a contestant is missing");
  return measured({
    measurements: [ours, jose, floor],
    ratios: [ratio("ours to jose", ours, jose), ratio("ours to the floor", ours, floor)],
    notes: [
      "the figures do not include the vault's wrapping; the broker does not open an envelope to unlock, it only checks the commitment",
    ],
  });
}

async function ourEnvelope(): Promise<void> {
  const cek = randomBytes(32);
  const sealed = await sealEnvelope({
    unlockKey: UNLOCK_KEY,
    cek,
    context: CONTEXT,
    recipients: [{ kid: KID, encryptedKey: stubWrap(VERSIONS.first, cek) }],
  });
  const text = JSON.stringify(sealed.toJSON());
  expectKey(await openEnvelope(parseEnvelope(text), cek, CONTEXT));
}

async function joseEnvelope(): Promise<void> {
  const cek = randomBytes(32);
  const sealed = await new FlattenedEncrypt(UNLOCK_KEY)
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", ...CONTEXT })
    .encrypt(cek);
  const { plaintext } = await flattenedDecrypt(JSON.parse(JSON.stringify(sealed)), cek);
  expectKey(plaintext);
}

async function primitives(): Promise<void> {
  const cek = createSecretKey(randomBytes(32));
  const iv = randomBytes(IV_BYTES);
  const aad = Buffer.from(CONTEXT.env);
  hkdfSync("sha256", cek, "", aad, 32);
  const cipher = createCipheriv("aes-256-gcm", cek, iv).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(UNLOCK_KEY), cipher.final()]);
  hkdfSync("sha256", cek, "", aad, 32);
  const decipher = createDecipheriv("aes-256-gcm", cek, iv).setAAD(aad);
  decipher.setAuthTag(cipher.getAuthTag());
  expectKey(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
}

function expectKey(opened: Uint8Array): void {
  if (!UNLOCK_KEY.equals(opened)) throw new Error("another key came out");
}
