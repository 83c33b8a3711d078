import { generateKeyPairSync } from "node:crypto";

import { expect, test } from "vitest";

import { importSpki } from "./import-spki.ts";

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const x25519 = generateKeyPairSync("x25519").publicKey;
const mlKem = generateKeyPairSync("ml-kem-768").publicKey;
const point = ec.export({ format: "raw-public" }).subarray(1);

test.each([
  ["P-256", ec, point],
  ["X25519", x25519, x25519.export({ format: "raw-public" })],
  ["ML-KEM-768", mlKem, mlKem.export({ format: "raw-public" })],
] as const)("%s: the key that node:crypto exported, and no other length", (kind, key, bytes) => {
  expect(importSpki(kind, bytes).equals(key)).toBe(true);
  expect(() => importSpki(kind, bytes.subarray(1))).toThrow("expected");
  expect(() => importSpki(kind, Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow("expected");
});
