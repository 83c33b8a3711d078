import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { equalConstantTime, zero } from "./secret-bytes.ts";

propertyTest.prop([fc.uint8Array()])("bytes survive the trip", (bytes) => {
  expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
});

propertyTest.prop([fc.string()])(
  "a text decodes only when it is the one spelling of its bytes",
  (text) => {
    let bytes: Uint8Array | undefined;
    try {
      bytes = decodeBase64url(text);
    } catch {
      return;
    }
    expect(encodeBase64url(bytes)).toBe(text);
  },
);

test.each(["A", "AB", "AA==", "A A", "AA\n", "+/+/", "AAAAA"])("%j is refused", (text) => {
  expect(() => decodeBase64url(text)).toThrow("base64url");
});

test("the error names the member and not the text", () => {
  expect(() => decodeBase64url("secret!", "tag")).toThrow("tag: not base64url without padding");
});

test.each([
  ["the same", [1, 2, 3], [1, 2, 3], true],
  ["one byte differs", [1, 2, 3], [1, 2, 4], false],
  ["a prefix", [1, 2, 3], [1, 2], false],
  ["both empty", [], [], true],
  // Evidence: Timing side channels.
])("constant-time comparison: %s", (_, left, right, equal) => {
  expect(equalConstantTime(Uint8Array.from(left), Uint8Array.from(right))).toBe(equal);
});

test("zeroed secrets hold nothing, and absent ones do no harm", () => {
  const secret = Uint8Array.of(1, 2, 3);
  zero(secret, undefined);
  expect(secret).toEqual(new Uint8Array(3));
});
