import {
  constants,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  randomUUID,
} from "node:crypto";

import { FlattenedEncrypt } from "jose";

import {
  decodeBase64url,
  encodeBase64url,
  parseJsonObject,
  sealEnvelope,
} from "../../src/index.ts";
import type { EnvelopeContext, EnvelopeJson } from "../../src/index.ts";
import type { Vectors } from "./shapes.ts";

type Json = Record<string, unknown>;
type Bad = Vectors["envelopes-bad.json"]["vectors"][number];

export const ORDER =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/vectors/providers/microsoft.databox/jobs/order-1";

function createKek(modulusLength: number, place: number) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  const kid = `https://vectors.vault.azure.net/keys/kek-${String(modulusLength)}/${String(place).padStart(32, "0")}`;
  const wrap = (cek: Uint8Array) =>
    publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
      cek,
    );
  return { kid, wrap, jwk: privateKey.export({ format: "jwk" }) };
}

export async function createGoodEnvelopes(): Promise<Vectors["envelopes-good.json"]> {
  const keks = [2048, 3072, 4096].map(createKek);
  const cases = [
    {
      name: "one recipient, RSA-2048, a passkey",
      unlockKey: Buffer.from("xN7-Quartz+Willow42"),
      keks: keks.slice(0, 1),
    },
    {
      name: "two recipients, RSA-2048 and RSA-3072, 32 random bytes",
      unlockKey: randomBytes(32),
      keks: keks.slice(0, 2),
    },
    {
      name: "three recipients, the longest passkey",
      unlockKey: Buffer.from(`A1@${"z".repeat(61)}`),
      keks,
    },
    {
      name: "RSA-4096, an unlock key of one byte",
      unlockKey: Buffer.from([0]),
      keks: keks.slice(2),
    },
    {
      name: "split custody: the broker's share",
      unlockKey: randomBytes(32),
      keks: keks.slice(0, 1),
      cus: "split" as const,
    },
    {
      name: "split custody: the node's share",
      unlockKey: randomBytes(32),
      keks: keks.slice(1, 2),
      cus: "split-device" as const,
    },
  ];
  const vectors = await Promise.all(
    cases.map(async ({ name, unlockKey, keks: wrapping, cus }, place) => {
      const cek = randomBytes(32);
      const context = {
        env: randomUUID(),
        ord: ORDER,
        dev: `VECTOR-${String(place + 1).padStart(3, "0")}`,
        ...(cus === undefined ? {} : { cus }),
      };
      const recipients = wrapping.map(({ kid, wrap }) => ({ kid, encryptedKey: wrap(cek) }));
      const envelope = await sealEnvelope({ unlockKey, cek, context, recipients });
      return {
        name,
        cek: encodeBase64url(cek),
        unlockKey: encodeBase64url(unlockKey),
        context,
        envelope: envelope.toJSON(),
      };
    }),
  );
  return {
    note: "JWE General JSON Serialization. `cek` opens `envelope` to `unlockKey`; so does each private key for its recipient, by any RFC 7516 implementation.",
    keys: Object.fromEntries(keks.map(({ kid, jwk }) => [kid, jwk])),
    vectors,
  };
}

export async function createBadEnvelopes(
  good: Vectors["envelopes-good.json"],
): Promise<Vectors["envelopes-bad.json"]> {
  const [one, two] = good.vectors;
  if (one === undefined || two === undefined) throw new Error("no good envelopes");
  const vectors: Bad[] = [];
  const add = (
    name: string,
    kind: Bad["kind"],
    change: (envelope: EnvelopeJson) => unknown,
    context: Partial<EnvelopeContext> = {},
    cek = one.cek,
  ) =>
    vectors.push({
      name,
      kind,
      cek,
      context: { ...one.context, ...context },
      envelope: change(one.envelope),
    });
  addDecryptionFailures(add, one, two);
  const uncommitted = await sealUncommitted(one.cek, one.envelope);
  add(
    "authentic ciphertext, but a commitment to another CEK",
    "decryption-failed",
    () => uncommitted,
  );
  addMalformed(add);
  addUnsupported(add);
  return {
    note: "`kind` is the failure that parsing, or else opening with `cek` for `context`, must end in. Which check failed is not told.",
    vectors,
  };
}

type Add = (
  name: string,
  kind: Bad["kind"],
  change: (envelope: EnvelopeJson) => unknown,
  context?: Partial<EnvelopeContext>,
  cek?: string,
) => void;

function addDecryptionFailures(
  add: Add,
  one: { cek: string },
  two: { cek: string; envelope: EnvelopeJson },
) {
  const other = two.envelope;
  const fails = "decryption-failed";
  add("another envelope's CEK", fails, (e) => e, {}, two.cek);
  add("a CEK of 16 bytes", fails, (e) => e, {}, one.cek.slice(0, 22).replace(/.$/, "A"));
  add("another order", fails, (e) => e, { ord: `${ORDER}2` });
  add("another node", fails, (e) => e, { dev: "VECTOR-999" });
  add("asked for as the broker's share, which it is not", fails, (e) => e, { cus: "split" });
  add(
    "turned into the broker's share, and asked for as that",
    fails,
    (e) => withHeader(e, { cus: "split" }),
    { cus: "split" },
  );
  add("another envelope id", fails, (e) => e, { env: "00000000-0000-4000-8000-000000000000" });
  add("ciphertext of another envelope", fails, (e) => ({ ...e, ciphertext: other.ciphertext }));
  add("tag of another envelope", fails, (e) => ({ ...e, tag: other.tag }));
  add("iv of another envelope", fails, (e) => ({ ...e, iv: other.iv }));
  add("protected header of another envelope", fails, (e) => ({ ...e, protected: other.protected }));
  add(
    "the node's name rewritten and asked for",
    fails,
    (e) => withHeader(e, { dev: "VECTOR-999" }),
    { dev: "VECTOR-999" },
  );
  add("the commitment replaced", fails, (e) => withHeader(e, { cmt: "A".repeat(43) }));
  add("members of the protected header in another order", fails, (e) => withHeader(e, {}, true));
}

const recipient = (e: EnvelopeJson, change: Json, header: Json = {}) => ({
  ...e,
  recipients: e.recipients.map((r) => ({ ...r, header: { ...r.header, ...header }, ...change })),
});

function addMalformed(add: Add) {
  const bad = "malformed";
  add("not an object", bad, () => "[]");
  add("not JSON", bad, (e) => JSON.stringify(e).slice(0, -1));
  add("a member twice", bad, (e) =>
    JSON.stringify(e).replace('{"protected"', '{"tag":"AAAAAAAAAAAAAAAAAAAAAA","protected"'),
  );
  add("a member twice, once with an escape", bad, (e) =>
    JSON.stringify(e).replace('{"protected"', '{"t\\u0061g":"AAAAAAAAAAAAAAAAAAAAAA","protected"'),
  );
  add("a prototype among the members", bad, (e) =>
    JSON.stringify(e).replace('{"protected"', '{"__proto__":{},"protected"'),
  );
  for (const name of ["protected", "recipients", "iv", "ciphertext", "tag"] as const)
    add(`without ${name}`, bad, (e) =>
      Object.fromEntries(Object.entries(e).filter(([member]) => member !== name)),
    );
  add("additional authenticated data", bad, (e) => ({ ...e, aad: "AAAA" }));
  add("a shared unprotected header", bad, (e) => ({ ...e, unprotected: {} }));
  add("zip in the protected header", bad, (e) => withHeader(e, { zip: "DEF" }));
  add("crit in the protected header", bad, (e) => withHeader(e, { crit: ["cmt"] }));
  add("zip in a recipient's header", bad, (e) => recipient(e, {}, { zip: "DEF" }));
  add("jku in a recipient's header", bad, (e) =>
    recipient(e, {}, { jku: "https://keys.example/" }),
  );
  add("a protected header that is no JSON", bad, (e) => ({ ...e, protected: "e30x" }));
  add("a member twice in the protected header", bad, (e) => ({
    ...e,
    protected: encodeText(decodeText(e.protected).replace("{", '{"dev":"VECTOR-999",')),
  }));
  add("a protected header that is not UTF-8", bad, (e) => ({
    ...e,
    protected: Buffer.concat([
      Buffer.from(e.protected, "base64url").subarray(0, -2),
      Buffer.from([0xff, 0x22, 0x7d]),
    ]).toString("base64url"),
  }));
  add("a tag of 12 bytes", bad, (e) => ({ ...e, tag: e.tag.slice(0, 16) }));
  add("an iv of 16 bytes", bad, (e) => ({ ...e, iv: "A".repeat(22) }));
  add("an empty ciphertext", bad, (e) => ({ ...e, ciphertext: "" }));
  add("a ciphertext of 513 bytes", bad, (e) => ({ ...e, ciphertext: "A".repeat(684) }));
  add("base64 with padding", bad, (e) => ({ ...e, tag: `${e.tag}==` }));
  add("base64 of the other alphabet", bad, (e) => ({ ...e, iv: "++++++++++++++++" }));
  add("bits after the last byte", bad, (e) => ({ ...e, tag: e.tag.replace(/.$/, "B") }));
  add("a number for the iv", bad, (e) => ({ ...e, iv: 0 }));
  add("no recipients", bad, (e) => ({ ...e, recipients: [] }));
  add("five recipients", bad, (e) => ({
    ...e,
    recipients: Array.from({ length: 5 }, () => e.recipients[0]),
  }));
  add("the same recipient twice", bad, (e) => ({
    ...e,
    recipients: [e.recipients[0], e.recipients[0]],
  }));
  add("an encrypted key of 255 bytes", bad, (e) =>
    recipient(e, { encrypted_key: "A".repeat(340) }),
  );
  add("an empty encrypted key", bad, (e) => recipient(e, { encrypted_key: "" }));
  const kids: Record<string, string> = {
    "an http kid": "http://vectors.vault.azure.net/keys/kek/1",
    "a kid without version": "https://vectors.vault.azure.net/keys/kek",
    "a kid with an empty version": "https://vectors.vault.azure.net/keys/kek/",
    "a kid with user information": "https://a:b@vectors.vault.azure.net/keys/kek/1",
    "a kid with a query": "https://vectors.vault.azure.net/keys/kek/1?x",
    "a kid with a fragment": "https://vectors.vault.azure.net/keys/kek/1#x",
    "a kid with dot segments": "https://vectors.vault.azure.net/keys/../keys/kek/1",
    "a kid in upper case": "https://VECTORS.vault.azure.net/keys/kek/1",
    "a kid of a secret": "https://vectors.vault.azure.net/secrets/kek/1",
    "a kid that is no URL": "kek",
  };
  for (const [name, kid] of Object.entries(kids)) add(name, bad, (e) => recipient(e, {}, { kid }));
  add("an order id in upper case", bad, (e) => withHeader(e, { ord: ORDER.toUpperCase() }));
  add("an envelope id that is no UUID", bad, (e) => withHeader(e, { env: "1" }));
  add("a commitment of 31 bytes", bad, (e) => withHeader(e, { cmt: "A".repeat(42) }));
  add("more than 8 KiB", bad, (e) => JSON.stringify({ ...e, ciphertext: "A".repeat(8192) }));
}

const alg = (e: EnvelopeJson, name: string) => ({
  ...e,
  recipients: e.recipients.map((r) => ({ ...r, header: { ...r.header, alg: name } })),
});

function addUnsupported(add: Add) {
  for (const name of ["RSA-OAEP", "RSA1_5", "dir", "A256KW", "none"])
    add(`alg ${name}`, "unsupported", (e) => alg(e, name));
  for (const enc of ["A128GCM", "A256CBC-HS512"])
    add(`enc ${enc}`, "unsupported", (e) => withHeader(e, { enc }));
  for (const cus of ["escrow", ""])
    add(`custody "${cus}"`, "unsupported", (e) => withHeader(e, { cus }));
  add("typ of another kind", "unsupported", (e) => withHeader(e, { typ: "JWE" }));
}

/** What only the commitment can find: AES-GCM itself is satisfied. */
async function sealUncommitted(cek: string, envelope: EnvelopeJson): Promise<unknown> {
  const header = { ...decodeHeader(envelope), enc: "A256GCM", cmt: "A".repeat(43) };
  const sealed = await new FlattenedEncrypt(Buffer.from("passkey"))
    .setProtectedHeader(header)
    .setUnprotectedHeader({ alg: "dir" })
    .encrypt(decodeBase64url(cek));
  const { protected: protectedHeader, iv, ciphertext, tag } = sealed;
  return { ...envelope, protected: protectedHeader, iv, ciphertext, tag };
}

function decodeHeader(envelope: EnvelopeJson) {
  return parseJsonObject(decodeBase64url(envelope.protected), "protected");
}

function withHeader(envelope: EnvelopeJson, change: Json, reversed = false): EnvelopeJson {
  const entries = Object.entries({
    ...decodeHeader(envelope),
    ...change,
  });
  const header = Object.fromEntries(reversed ? entries.toReversed() : entries);
  return { ...envelope, protected: encodeText(JSON.stringify(header)) };
}

const decodeText = (text: string) => Buffer.from(text, "base64url").toString("utf8");
const encodeText = (text: string) => Buffer.from(text, "utf8").toString("base64url");
