import { expect, test } from "vitest";

// @boundaries-ignore the vectors belong to no package: other implementations read them, too
import passkeys from "../../../../vectors/passkeys.json" with { type: "json" };
import {
  checkPasskey,
  GENERATED_PASSKEY_CHARACTERS,
  generatePasskey,
  PASSKEY_ALPHABET,
} from "./passkey.ts";

test.each(passkeys.vectors)("$name: $faults", ({ passkey, faults }) => {
  expect(checkPasskey(passkey)).toEqual(faults);
});

const generate = () => generatePasskey((bound) => Math.floor(Math.random() * bound));

test("generated passkeys keep the rules and never repeat", () => {
  const generated = Array.from({ length: 2000 }, generate);
  expect(generated.flatMap(checkPasskey)).toEqual([]);
  expect(new Set(generated).size).toBe(generated.length);
});

test("generated passkeys use the whole alphabet", () => {
  const used = new Set(Array.from({ length: 500 }, generate).join(""));
  expect(used).toEqual(new Set(PASSKEY_ALPHABET));
});

test("the alphabet is what the rules allow, each character once", () => {
  const allowed = Array.from({ length: 128 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => checkPasskey(`Abcdefg1@234${character}`).length === 0,
  );
  expect(Array.from(PASSKEY_ALPHABET).toSorted()).toEqual(allowed);
});

test("a generated passkey carries at least 128 bits, those counted out that break a rule", () => {
  const length = GENERATED_PASSKEY_CHARACTERS;
  const size = PASSKEY_ALPHABET.length;
  // At most this share misses one of the three kinds of character (union bound).
  const missing = [23, 9, 14].reduce((sum, kind) => sum + ((size - kind) / size) ** length, 0);
  expect(length * Math.log2(size) + Math.log2(1 - missing)).toBeGreaterThan(128);
});
