import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { readVectors } from "../test/vectors/shapes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { CryptoError } from "./crypto-error.ts";
import { chainHash } from "./hash-chain.ts";

const { vectors } = readVectors("hash-chains.json");

test.each(vectors)("$canonical follows $previous", ({ previous, row, canonical, hash }) => {
  expect(canonicalJson(row)).toBe(canonical);
  expect(chainHash(previous, canonical)).toBe(hash);
  expect(createHash("sha256").update(previous).update(canonical).digest("base64url")).toBe(hash);
});

test("every link names the one before", () => {
  expect(vectors.slice(1).map(({ previous }) => previous)).toEqual(
    vectors.slice(0, -1).map(({ hash }) => hash),
  );
});

test("RFC 8785 §3.2.4: its example, byte for byte", () => {
  const text =
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
  expect(canonicalJson(JSON.parse(text))).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test.each([
  ["undefined", undefined],
  ["not a number", { a: Number.NaN }],
  ["a lone surrogate", "\uD800"],
])("%s has no canonical form", (_, value) => {
  expect(() => canonicalJson(value)).toThrow(CryptoError);
});

test.each([
  ["a short link", "abc", "{}"],
  ["a link that is not base64url", "=".repeat(43), "{}"],
  ["a row that is not an object", "", "[]"],
])("%s is refused", (_, previous, row) => {
  expect(() => chainHash(previous, row)).toThrow(CryptoError);
});
