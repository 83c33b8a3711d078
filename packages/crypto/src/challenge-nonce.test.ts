import { createSecretKey, randomBytes } from "node:crypto";

import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { readVectors } from "../test/vectors/shapes.ts";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { checkNonce, createNonce } from "./challenge-nonce.ts";
import { CryptoError } from "./crypto-error.ts";

const KEY = createSecretKey(new Uint8Array(32).fill(1));
const file = readVectors("nonces.json");
const VECTORS_KEY = createSecretKey(decodeBase64url(file.key));

test.each(file.vectors)("a nonce is $verdict: $name", ({ verdict, nonce, serial, nowMs }) => {
  expect(checkNonce(VECTORS_KEY, nonce, { serial, nowMs })).toBe(verdict);
});

test.each(file.vectors.filter(({ random }) => random !== undefined))(
  "the same input makes the vector's nonce",
  ({ nonce, serial, random = "", expiresAtMs = 0 }) => {
    const input = { serial, expiresAtMs, random: decodeBase64url(random) };
    expect(createNonce(VECTORS_KEY, input)).toBe(nonce);
  },
);

// Evidence: A constant in place of a nonce.
test("ten thousand nonces for one serial and one moment are all different", () => {
  const nonces = Array.from({ length: 10_000 }, () =>
    createNonce(KEY, { serial: "NODE-001", expiresAtMs: 1000, random: randomBytes(32) }),
  );
  expect(new Set(nonces).size).toBe(10_000);
});

propertyTest.prop([
  fc.string(),
  fc.string(),
  fc.nat(),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  // Evidence: A constant in place of a nonce.
])("a nonce serves its own serial only", (serial, other, expiresAtMs, random) => {
  const nonce = createNonce(KEY, { serial, expiresAtMs: expiresAtMs + 1, random });
  expect(checkNonce(KEY, nonce, { serial, nowMs: expiresAtMs })).toBe("valid");
  expect(checkNonce(KEY, nonce, { serial, nowMs: expiresAtMs + 1 })).toBe("expired");
  if (serial.toWellFormed() !== other.toWellFormed())
    expect(checkNonce(KEY, nonce, { serial: other, nowMs: expiresAtMs })).toBe("invalid");
});

propertyTest.prop([fc.nat(72 * 8 - 1)])("one flipped bit makes a nonce invalid", (bit) => {
  const nonce = decodeBase64url(
    createNonce(KEY, { serial: "NODE-001", expiresAtMs: 1000, random: randomBytes(32) }),
  );
  const at = Math.floor(bit / 8);
  nonce.set([(nonce[at] ?? 0) ^ (1 << (bit % 8))], at);
  expect(checkNonce(KEY, encodeBase64url(nonce), { serial: "NODE-001", nowMs: 0 })).toBe("invalid");
});

test("another key's nonce is invalid", () => {
  const nonce = createNonce(KEY, {
    serial: "NODE-001",
    expiresAtMs: 1000,
    random: randomBytes(32),
  });
  expect(
    checkNonce(createSecretKey(new Uint8Array(32)), nonce, { serial: "NODE-001", nowMs: 0 }),
  ).toBe("invalid");
});

test.each([
  ["a short key", createSecretKey(new Uint8Array(31)), 1000, new Uint8Array(32)],
  ["a short random", KEY, 1000, new Uint8Array(31)],
  ["a fraction of a millisecond", KEY, 0.5, new Uint8Array(32)],
  ["a time before 1970", KEY, -1, new Uint8Array(32)],
])("%s makes no nonce", (_, key, expiresAtMs, random) => {
  expect(() => createNonce(key, { serial: "NODE-001", expiresAtMs, random })).toThrow(CryptoError);
});
