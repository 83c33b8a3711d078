import { expect, test } from "vitest";

import { parsePublicKey } from "./parse-public-key.ts";

const PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";

test.each([
  ["nothing", "  ", { kind: "empty" }],
  ["a PEM, without the text around it", `x\n${PEM}\ny`, { kind: "pem", publicKey: `${PEM}\n` }],
  [
    "a JWK, with its other members cut off",
    JSON.stringify({ kty: "RSA", n: "AQ", e: "AQAB", use: "enc" }),
    { kind: "jwk", publicKey: { kty: "RSA", n: "AQ", e: "AQAB" } },
  ],
  ["another kind of key", JSON.stringify({ kty: "EC", x: "a", y: "b" }), { kind: "unknown" }],
  ["another text", "hello", { kind: "unknown" }],
  [
    "a private PEM",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
    { kind: "private" },
  ],
  [
    "a private JWK",
    JSON.stringify({ kty: "RSA", n: "AQ", e: "AQAB", d: "AQ" }),
    { kind: "private" },
  ],
])("%s is told apart", (_name, text, expected) => {
  expect(parsePublicKey(text)).toEqual(expected);
});
