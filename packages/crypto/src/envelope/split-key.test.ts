import { hkdfSync } from "node:crypto";

import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { readVectors } from "../../test/vectors/shapes.ts";
import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { CryptoError } from "../crypto-error.ts";
import { deriveSplitKey } from "./split-key.ts";

const { vectors } = readVectors("split-keys.json");
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyInput = fc.record({
  device: bytes(32),
  broker: bytes(32),
  env: fc.uuid(),
  ord: fc.stringMatching(/^\/[a-z0-9/.-]{1,100}$/),
  dev: fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{2,63}$/),
});

test.each(vectors)("derives the key of $context.dev", (vector) => {
  const [device, broker] = [vector.deviceShare, vector.brokerShare].map((share) =>
    decodeBase64url(share),
  );
  const derived = deriveSplitKey(device ?? NONE, broker ?? NONE, vector.context);
  expect(new TextDecoder().decode(derived)).toBe(vector.unlockKey);
});

propertyTest.prop([anyInput])("is HKDF-SHA-256, as node:crypto computes it", (input) => {
  const { device, broker, env, ord, dev } = input;
  const expected = hkdfSync(
    "sha256",
    Buffer.concat([device, broker]),
    Buffer.from(env.replaceAll("-", ""), "hex"),
    Buffer.from(`databox-cmk/split/v1\u0000${ord}\u0000${dev}`),
    32,
  );
  const derived = new TextDecoder().decode(deriveSplitKey(device, broker, input));
  expect(derived).toBe(encodeBase64url(new Uint8Array(expected)));
});

propertyTest.prop([anyInput, anyInput, fc.constantFrom("device", "broker", "env", "ord", "dev")])(
  // Evidence: Shares that do not belong together.
  "another order's, node's or envelope's share never gives the key",
  (one, other, member) => {
    const changed = { ...one, [member]: other[member] };
    fc.pre(String(one[member]) !== String(changed[member]));
    expect(deriveSplitKey(changed.device, changed.broker, changed)).not.toEqual(
      deriveSplitKey(one.device, one.broker, one),
    );
  },
);

const NONE = new Uint8Array(0);

test.each([
  ["no device share", NONE, new Uint8Array(32)],
  ["a broker share of 31 bytes", new Uint8Array(32), new Uint8Array(31)],
  // The same 64 bytes, cut at another place.
  ["shares of 33 and 31 bytes", new Uint8Array(33), new Uint8Array(31)],
])("refuses %s", (_, device, broker) => {
  const context = { env: "0f8fad5b-d9cb-469f-a165-70867728950e", ord: "/o", dev: "DBX-1" };
  expect(() => deriveSplitKey(device, broker, context)).toThrow(CryptoError);
});

test("leaves the shares to the caller", () => {
  const device = new Uint8Array(32).fill(1);
  const broker = new Uint8Array(32).fill(2);
  deriveSplitKey(device, broker, {
    env: "0f8fad5b-d9cb-469f-a165-70867728950e",
    ord: "/o",
    dev: "D",
  });
  expect([device[0], broker[0]]).toEqual([1, 2]);
});
