import { generateKeyPairSync, sign, verify } from "node:crypto";

import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import { fromDer, toDer } from "./ecdsa-signature.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const onTheWire = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;

test.prop([fc.uint8Array({ maxLength: 100 })], { numRuns: 300 })(
  "OpenSSL's signatures are 64 bytes on the wire, and the same again as DER",
  (data) => {
    const der = sign("sha256", data, privateKey);
    const signature = fromDer(der);
    expect(verify("sha256", data, onTheWire, signature)).toBe(true);
    expect(toDer(signature)).toEqual(der);
  },
);

const integer = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  // Short numbers, zero among them, and those whose high bit is set.
  fc
    .uint8Array({ maxLength: 3 })
    .map((digits) => Uint8Array.of(...new Uint8Array(32 - digits.length), ...digits)),
  fc.uint8Array({ minLength: 31, maxLength: 31 }).map((digits) => Uint8Array.of(0xff, ...digits)),
);

test.prop([integer, integer, fc.uint8Array({ maxLength: 20 })], { numRuns: 300 })(
  // Evidence: Short tags and signatures of another length.
  "any other 64 bytes are refused as node:crypto refuses them",
  (r, s, data) => {
    const signature = Uint8Array.of(...r, ...s);
    expect(verify("sha256", data, publicKey, toDer(signature))).toBe(
      verify("sha256", data, onTheWire, signature),
    );
    expect(fromDer(toDer(signature))).toEqual(signature);
  },
);
