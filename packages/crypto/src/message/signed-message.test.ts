import { fc, test as propertyTest } from "@fast-check/vitest";
import { calculateJwkThumbprint, compactVerify, CompactSign, importJWK, importPKCS8 } from "jose";
import { describe, expect, test } from "vitest";

import { readVectors } from "../../test/vectors/shapes.ts";
import { CryptoError } from "../crypto-error.ts";
import { messageHash, readHeader, signMessage, verifyMessage } from "./signed-message.ts";
import { generateSigningKey, importSigningKey } from "./signing-key.ts";
import { importVerifyKey } from "./verify-key.ts";

const TYP = "databox-test+jws";
const { key, privatePem } = generateSigningKey();
const verifyKey = importVerifyKey(key.publicJwk);
const anyPayload = fc.dictionary(
  fc.string({ unit: "binary" }).filter((name) => name !== "__proto__"),
  fc
    .jsonValue({ maxDepth: 3 })
    .map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto"))),
  { noNullPrototype: true },
);

function failure(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    return error instanceof CryptoError ? error.code : `unexpected ${String(error)}`;
  }
}

describe("vectors", () => {
  const { publicJwk, vectors } = readVectors("messages.json");
  const good = vectors.filter(({ kind }) => kind === "good");
  const bad = vectors.filter(({ kind }) => kind !== "good");

  test.each(good)("verifies: $name", ({ jws, typ, payload, hash }) => {
    expect(verifyMessage(jws, importVerifyKey(publicJwk), typ)).toEqual(payload);
    expect(messageHash(jws)).toBe(hash);
  });

  test.each(bad)("$kind: $name", ({ jws, typ, kind }) => {
    expect(failure(() => verifyMessage(jws, importVerifyKey(publicJwk), typ))).toBe(kind);
  });

  // Evidence: Algorithm confusion.
  test("the table holds every kind", () => {
    expect(new Set(vectors.map(({ kind }) => kind)).size).toBe(3);
  });
});

describe("signing and verifying", () => {
  propertyTest.prop([anyPayload])(
    // Evidence: Verified bytes that differ from parsed bytes.
    "a signed message verifies to the same payload",
    async (payload) => {
      const jws = await signMessage(key, TYP, payload);
      expect(verifyMessage(jws, verifyKey, TYP)).toEqual(JSON.parse(JSON.stringify(payload)));
    },
  );

  propertyTest.prop([fc.nat(), fc.integer({ min: 1, max: 127 })])(
    // Evidence: A second valid signature of one message.
    "one changed character anywhere makes the message fail",
    async (position, change) => {
      const jws = await signMessage(key, TYP, { a: "text", b: [1, 2, 3] });
      const at = position % jws.length;
      const changed =
        jws.slice(0, at) +
        String.fromCodePoint((jws.codePointAt(at) ?? 0) ^ change) +
        jws.slice(at + 1);
      expect(["malformed", "verification-failed"]).toContain(
        failure(() => verifyMessage(changed, verifyKey, TYP)),
      );
    },
  );

  test("jose verifies what we sign", async () => {
    const jws = await signMessage(key, TYP, { a: 1 });
    const { payload, protectedHeader } = await compactVerify(
      jws,
      await importJWK({ ...key.publicJwk }, "ES256"),
    );
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ a: 1 });
    expect(protectedHeader).toEqual({ alg: "ES256", kid: key.kid, typ: TYP });
  });

  test("we verify what jose signs", async () => {
    const jws = await new CompactSign(new TextEncoder().encode('{"a":1}'))
      .setProtectedHeader({ typ: TYP, alg: "ES256", kid: key.kid })
      .sign(await importPKCS8(privatePem, "ES256"));
    expect(verifyMessage(jws, verifyKey, TYP)).toEqual({ a: 1 });
  });

  test("a key that answers later, as a TPM does, signs too", async () => {
    const slow = { ...key, sign: async (data: Uint8Array) => key.sign(data) };
    expect(verifyMessage(await signMessage(slow, TYP, {}), verifyKey, TYP)).toEqual({});
  });

  test("a key that answers in DER is a fault, not a message", async () => {
    const wrong = { ...key, sign: () => new Uint8Array(70) };
    await expect(signMessage(wrong, TYP, {})).rejects.toThrow("expected 64 bytes");
  });

  test("a caller that reads larger answers names a larger limit", async () => {
    const jws = await signMessage(key, TYP, { a: "a".repeat(20_000) });
    expect(failure(() => verifyMessage(jws, verifyKey, TYP))).toBe("malformed");
    expect(verifyMessage(jws, verifyKey, TYP, 64 * 1024)).toHaveProperty("a");
    expect(readHeader(jws, 64 * 1024)).toEqual({ kid: key.kid, typ: TYP });
  });

  test("the header is readable before anything is trusted", async () => {
    const jws = await signMessage(key, TYP, {});
    expect(readHeader(`${jws.slice(0, -4)}AAAA`)).toEqual({ kid: key.kid, typ: TYP });
  });
});

describe("keys", () => {
  test("a key read back from its PEM signs under the same kid", async () => {
    const again = importSigningKey(privatePem);
    expect(again.kid).toBe(key.kid);
    expect(verifyMessage(await signMessage(again, TYP, {}), verifyKey, TYP)).toEqual({});
  });

  test("the kid is the thumbprint of RFC 7638", async () => {
    expect(key.kid).toBe(await calculateJwkThumbprint({ ...key.publicJwk }));
  });

  const { x, y } = key.publicJwk;
  test.each([
    ["a point off the curve", "malformed", { kty: "EC", crv: "P-256", x, y: x }],
    [
      "the point at infinity",
      "malformed",
      { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) },
    ],
    ["a private key", "malformed", { kty: "EC", crv: "P-256", x, y, d: x }],
    ["an alg member", "malformed", { kty: "EC", crv: "P-256", x, y, alg: "ES256" }],
    ["a short coordinate", "malformed", { kty: "EC", crv: "P-256", x: x.slice(0, 40), y }],
    ["no y", "malformed", { kty: "EC", crv: "P-256", x }],
    ["another curve", "unsupported", { kty: "EC", crv: "P-384", x, y }],
    ["RSA", "unsupported", { kty: "RSA", n: "AQAB", e: "AQAB" }],
    ["a list", "malformed", [x, y]],
    ["nothing", "malformed", null],
  ])("%s is %s", (_, code, jwk) => {
    expect(failure(() => importVerifyKey(jwk))).toBe(code);
  });

  test.each([
    [
      "text that is not a key",
      "malformed",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
    ["an empty file", "malformed", ""],
  ])("%s is %s and is not repeated in the error", (_, code, pem) => {
    expect(failure(() => importSigningKey(pem))).toBe(code);
  });
});
