import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from "node:crypto";

import { calculateJwkThumbprintUri } from "jose";
import { describe, expect, test } from "vitest";

import { importRecoveryKey } from "./recovery-key.ts";

const pair = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent });
const good = pair(2048);
const jwkOf = (key: typeof good.publicKey) => key.export({ format: "jwk" });
const pemOf = (key: typeof good.publicKey) =>
  key.export({ format: "pem", type: "spki" }).toString();

describe("a recovery key", () => {
  test("has the same kid as JWK and as PEM: the RFC 9278 URI that jose computes", async () => {
    const kid = await calculateJwkThumbprintUri(jwkOf(good.publicKey));
    expect(importRecoveryKey(jwkOf(good.publicKey)).kid).toBe(kid);
    expect(importRecoveryKey(pemOf(good.publicKey)).kid).toBe(kid);
    expect(importRecoveryKey({ ...jwkOf(good.publicKey), use: "enc", kid: "mine" }).kid).toBe(kid);
  });

  test("wraps what only its private half unwraps", () => {
    const contentKey = randomBytes(32);
    const wrapped = importRecoveryKey(pemOf(good.publicKey)).wrap(contentKey);
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    expect(privateDecrypt({ key: good.privateKey, ...oaep }, wrapped)).toEqual(contentKey);
  });

  test.each<readonly [string, unknown, string]>([
    ["a private JWK", good.privateKey.export({ format: "jwk" }), "a private key"],
    ["a private PEM", good.privateKey.export({ format: "pem", type: "pkcs8" }), "a private key"],
    ["1024 bits", jwkOf(pair(1024).publicKey), "2048, 3072 or 4096"],
    ["the exponent 3", jwkOf(pair(2048, 3).publicKey), "65537"],
    [
      "an elliptic curve",
      generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
      "an RSA key",
    ],
    [
      "an elliptic curve's PEM",
      generateKeyPairSync("ec", { namedCurve: "P-256" })
        .publicKey.export({ format: "pem", type: "spki" })
        .toString(),
      "an RSA key",
    ],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "PUBLIC KEY"],
    ["an empty PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no public key"],
    ["a JWK without modulus", { kty: "RSA", e: "AQAB" }, "members n and e"],
    ["nothing", undefined, "a JWK or a PEM"],
  ])("refuses %s", (_name, value, why) => {
    expect(() => importRecoveryKey(value)).toThrow(why);
  });
});
