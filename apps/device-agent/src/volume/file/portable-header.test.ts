import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import { HEADER_BYTES, openHeader, parseHeader, sealHeader } from "./portable-header.ts";

const ID = "0b7cf1c4-7c7e-4c1e-9d53-a1f2c3d4e5f6";
const encode = (text: string) => new TextEncoder().encode(text);
const KEY = encode("Right-Key-9!");

function seal(derivation: "hkdf" | "scrypt" = "hkdf"): Promise<Uint8Array> {
  const random = Uint8Array.from({ length: 76 }, (_, index) => index);
  return sealHeader({ unlockKey: KEY, id: ID, derivation, random });
}

async function opens(bytes: Uint8Array, key: Uint8Array): Promise<boolean> {
  const header = parseHeader(bytes);
  return header !== undefined && (await openHeader(header, key)) !== undefined;
}

test.each(["hkdf", "scrypt"] as const)(
  "by %s, its own key opens it and another does not",
  async (derivation) => {
    const header = await seal(derivation);
    expect(parseHeader(header)?.id).toBe(ID);
    expect(await opens(header, KEY)).toBe(true);
    expect(await opens(header, encode("Right-Key-9?"))).toBe(false);
    expect(await opens(header, new Uint8Array(0))).toBe(false);
  },
);

test("it does not hold the key, nor the volume key in clear", async () => {
  const header = Buffer.from(await seal());
  expect(header.includes(Buffer.from(KEY))).toBe(false);
  const volumeKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 44));
  expect(header.includes(volumeKey)).toBe(false);
});

test.prop([fc.nat({ max: HEADER_BYTES * 8 - 1 })])("no bit of it can be changed", async (bit) => {
  const header = await seal();
  const at = bit >> 3;
  header[at] = (header[at] ?? 0) ^ (1 << (bit & 7));
  expect(await opens(header, KEY)).toBe(false);
});

test.prop([fc.uint8Array({ maxLength: 200 })])(
  "other bytes are not accepted as a header",
  (bytes) => {
    expect(parseHeader(bytes)).toBeUndefined();
  },
);

test("a header that was cut off is none", async () => {
  expect(parseHeader((await seal()).subarray(0, HEADER_BYTES - 1))).toBeUndefined();
});
