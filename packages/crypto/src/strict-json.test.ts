import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { CryptoError } from "./crypto-error.ts";
import { parseJsonObject } from "./strict-json.ts";

const parse = (text: string) => parseJsonObject(Buffer.from(text), "test");

propertyTest.prop([fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })])(
  "what JSON.stringify writes is read as JSON.parse would read it",
  (value) => {
    const text = JSON.stringify(value);
    fc.pre(!text.includes("__proto__"));
    expect(parse(text)).toEqual(JSON.parse(text));
  },
);

propertyTest.prop([fc.string(), fc.jsonValue(), fc.jsonValue()])(
  // Evidence: Verified bytes that differ from parsed bytes.
  "any member written twice is refused, at any depth",
  (name, first, second) => {
    const member = JSON.stringify(name);
    const twice = `{${member}:${JSON.stringify(first)},${member} :${JSON.stringify(second)}}`;
    expect(() => parse(twice)).toThrow(CryptoError);
    expect(() => parse(`{"list":[1,{"deep":${twice}}]}`)).toThrow(CryptoError);
  },
);

test("neither depth, length nor the content of a string changes the members", () => {
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  const long = JSON.stringify(Array.from({ length: 200_000 }, () => ({ a: '":{"a":' })));
  expect(parse(`{"deep":${deep},"long":${long}}`)).toHaveProperty("long");
  expect(() => parse(`{"deep":${deep},"long":${long},"de\\u0065p":1}`)).toThrow(CryptoError);
});

test.each([
  "",
  "null",
  "[]",
  '"a"',
  "1",
  "{",
  '{"a":1}}',
  "{'a':1}",
  '{"a":NaN}',
  '{"\\u005f_proto__":1}',
])("%j is refused without being repeated", (text) => {
  expect(() => parse(text)).toThrow(
    /^test: (?:not JSON|not a JSON object|repeated or forbidden member name)$/,
  );
});

test.each(['{"a":"\\ud800"}', '{"a":["\\uDC00\\uD800"]}', '{"\\udfff":1}'])(
  "%j is refused for half of a surrogate pair",
  (text) => {
    expect(() => parse(text)).toThrow("test: half of a surrogate pair");
  },
);

test("whole pairs, and text that only looks like half of one, are read", () => {
  expect(parse('{"a":"\\ud83d\\ude00 \\\\ud800"}')).toEqual({ a: "\u{1F600} \\ud800" });
});
