import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";

import { readVectors } from "../../test/vectors/shapes.ts";
import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { CryptoError } from "../crypto-error.ts";
import { matchesCommitment, openEnvelope } from "./open-envelope.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { replaceRecipients } from "./replace-recipients.ts";
import { sealEnvelope } from "./seal-envelope.ts";

const CONTEXT = {
  env: "0f8fad5b-d9cb-469f-a165-70867728950e",
  ord: "/subscriptions/s/resourcegroups/g/providers/microsoft.databox/jobs/order-1",
  dev: "NODE-001",
};
const kid = (version: number) => `https://vault.localhost:8443/keys/kek/${String(version)}`;
const recipient = (bytes = 256, version = 1) => ({
  kid: kid(version),
  encryptedKey: new Uint8Array(bytes).fill(version),
});
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyContext = fc.record({
  env: fc.uuid(),
  ord: fc.stringMatching(/^\/[a-z0-9/.-]{1,100}$/),
  dev: fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{2,63}$/),
});

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "none",
    (error: unknown) => (error instanceof CryptoError ? error.code : `unexpected ${String(error)}`),
  );
}

describe("vectors", () => {
  test.each(readVectors("envelopes-good.json").vectors)(
    "opens: $name",
    async ({ cek, context, envelope, unlockKey }) => {
      const parsed = parseEnvelope(envelope);
      expect(parsed.context).toEqual(context);
      expect(parsed.toJSON()).toEqual(envelope);
      expect(matchesCommitment(parsed, decodeBase64url(cek))).toBe(true);
      const opened = await openEnvelope(parsed, decodeBase64url(cek), context);
      expect(encodeBase64url(opened)).toBe(unlockKey);
    },
  );

  test.each(readVectors("envelopes-bad.json").vectors)(
    // Evidence: Decompression bombs and half-made state.
    "$kind: $name",
    async ({ kind, cek, context, envelope }) => {
      const open = async () => openEnvelope(parseEnvelope(envelope), decodeBase64url(cek), context);
      expect(await failure(open())).toBe(kind);
    },
  );
});

describe("sealing", () => {
  propertyTest.prop([fc.uint8Array({ minLength: 1, maxLength: 512 }), bytes(32), anyContext])(
    "what is sealed opens with the same CEK and context, also after a trip through text",
    async (unlockKey, cek, context) => {
      const envelope = await sealEnvelope({ unlockKey, cek, context, recipients: [recipient()] });
      const again = parseEnvelope(JSON.stringify(envelope));
      expect(await openEnvelope(again, cek, context)).toEqual(unlockKey);
    },
  );

  test.each([
    ["an empty unlock key", { unlockKey: new Uint8Array(0) }],
    ["an unlock key of 513 bytes", { unlockKey: new Uint8Array(513) }],
    ["a CEK of 31 bytes", { cek: new Uint8Array(31) }],
    ["no recipient", { recipients: [] }],
    ["five recipients", { recipients: [1, 2, 3, 4, 5].map((version) => recipient(256, version)) }],
    ["an unversioned kid", { recipients: [{ ...recipient(), kid: "https://v/keys/k" }] }],
    ["an order in upper case", { context: { ...CONTEXT, ord: "/Subscriptions/s" } }],
    ["an empty serial", { context: { ...CONTEXT, dev: "" } }],
  ])("%s is refused", async (_, change) => {
    const input = {
      unlockKey: new Uint8Array(20),
      cek: new Uint8Array(32),
      context: CONTEXT,
      recipients: [recipient()],
      ...change,
    };
    expect(await failure(sealEnvelope(input))).toBe("malformed");
  });

  test("the same secret sealed twice looks different", async () => {
    const input = {
      unlockKey: new Uint8Array(20),
      cek: new Uint8Array(32),
      context: CONTEXT,
      recipients: [recipient()],
    };
    const [one, two] = await Promise.all([sealEnvelope(input), sealEnvelope(input)]);
    expect(one.sealed.ciphertext).not.toBe(two.sealed.ciphertext);
  });
});

describe("opening", () => {
  propertyTest.prop([bytes(32), bytes(32)])(
    // Evidence: One ciphertext with two plaintexts.
    "two CEKs never both open one envelope",
    async (cek, otherCek) => {
      fc.pre(encodeBase64url(cek) !== encodeBase64url(otherCek));
      const unlockKey = Uint8Array.of(1);
      const envelope = await sealEnvelope({
        unlockKey,
        cek,
        context: CONTEXT,
        recipients: [recipient()],
      });
      expect(await failure(openEnvelope(envelope, otherCek, CONTEXT))).toBe("decryption-failed");
      expect(matchesCommitment(envelope, otherCek)).toBe(false);
    },
  );

  propertyTest.prop([fc.constantFrom("protected", "iv", "ciphertext", "tag"), fc.nat(10_000)])(
    // Evidence: Short tags and signatures of another length.
    "one flipped bit in any part makes the envelope unreadable",
    async (member, position) => {
      const cek = new Uint8Array(32).fill(7);
      const unlockKey = new Uint8Array(20).fill(9);
      const envelope = await sealEnvelope({
        unlockKey,
        cek,
        context: CONTEXT,
        recipients: [recipient()],
      });
      const changed = decodeBase64url(envelope.sealed[member]);
      const at = Math.floor(position / 8) % changed.byteLength;
      changed.set([(changed[at] ?? 0) ^ (1 << (position % 8))], at);
      const json = { ...envelope.toJSON(), [member]: encodeBase64url(changed) };
      // A party that knows the flipped context must not be able to open it either.
      const open = async () => {
        const parsed = parseEnvelope(json);
        return openEnvelope(parsed, cek, parsed.context);
      };
      expect(["malformed", "unsupported", "decryption-failed"]).toContain(await failure(open()));
    },
  );

  propertyTest.prop([anyContext, fc.constantFrom("env", "ord", "dev")])(
    "an envelope of another context does not open",
    async (other, member) => {
      fc.pre(other[member] !== CONTEXT[member]);
      const cek = new Uint8Array(32).fill(7);
      const envelope = await sealEnvelope({
        unlockKey: new Uint8Array(20),
        cek,
        context: CONTEXT,
        recipients: [recipient()],
      });
      const foreign = { ...CONTEXT, [member]: other[member] };
      expect(await failure(openEnvelope(envelope, cek, foreign))).toBe("decryption-failed");
    },
  );

  // Evidence: Padding oracles, SHA-1 and local wrapping.
  test("all decryption failures read the same", async () => {
    const messages = await Promise.all(
      readVectors("envelopes-bad.json")
        .vectors.filter(({ kind }) => kind === "decryption-failed")
        .map(async ({ envelope, cek, context }) =>
          openEnvelope(parseEnvelope(envelope), decodeBase64url(cek), context).catch(String),
        ),
    );
    expect(new Set(messages)).toEqual(new Set(["CryptoError: decryption-failed"]));
  });
});

test("replacing recipients leaves the sealed part byte for byte and still opens", async () => {
  const cek = new Uint8Array(32).fill(7);
  const unlockKey = new Uint8Array(20).fill(9);
  const old = await sealEnvelope({ unlockKey, cek, context: CONTEXT, recipients: [recipient()] });
  const renewed = replaceRecipients(old, [recipient(384, 2), recipient(512, 3)]);
  expect({ ...renewed.toJSON(), recipients: [] }).toEqual({ ...old.toJSON(), recipients: [] });
  expect(renewed.recipients.map(({ kid: keyId }) => keyId)).toEqual([kid(2), kid(3)]);
  expect(await openEnvelope(renewed, cek, CONTEXT)).toEqual(unlockKey);
  expect(() => replaceRecipients(old, [])).toThrow(CryptoError);
});
