import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** A secret that is known to the test, and every form in which it might lie around. */
export type Secret = { readonly name: string; readonly forms: readonly Buffer[] };

/** Shorter needles would be found by chance. */
const LEAST_BYTES = 8;

export function secretOf(name: string, value: string | Uint8Array): Secret {
  const bytes = Buffer.from(value);
  if (bytes.byteLength < LEAST_BYTES) throw new RangeError(`${name} is too short to look for`);
  const texts = [
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...([0, 1, 2] as const).flatMap((offset) => base64At(bytes, offset)),
  ];
  const forms = [bytes, ...texts.map((text) => Buffer.from(text, "latin1"))];
  // V8's form of a text with a character beyond Latin-1.
  return { name, forms: [...forms, ...texts.concat(bytes.toString("latin1")).map(utf16)] };
}

/** The characters that depend on the secret alone, when so many other bytes come before it. */
function base64At(bytes: Buffer, offset: 0 | 1 | 2): string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const from = offset === 0 ? 0 : offset + 1;
  const to = Math.floor((whole.byteLength * 8) / 6);
  return (["base64", "base64url"] as const).map((form) => whole.toString(form).slice(from, to));
}

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

export type Search = (bytes: Buffer) => readonly string[];

/**
 * Searches for all forms of all secrets in one pass, by two of their bytes; `includes` for each of
 * them would read a process's memory a thousand times. The first of the two is not zero, since most
 * of a memory is zeros: one secret in 256 begins with one, and comparing it with each zero takes
 * minutes.
 *
 * @returns a search that returns the names of the found secrets
 */
export function createSearch(secrets: readonly Secret[]): Search {
  const byPair = new Map<
    number,
    { readonly name: string; readonly form: Buffer; readonly from: number }[]
  >();
  const pairs = new Uint8Array(1 << 16);
  for (const { name, forms } of secrets)
    for (const form of forms) {
      const from = form.findIndex((byte) => byte !== 0);
      const pair = form.readUInt16BE(from);
      pairs[pair] = 1;
      byPair.set(pair, [...(byPair.get(pair) ?? []), { name, form, from }]);
    }
  return (bytes) => {
    const found = new Set<string>();
    for (let at = 0, pair = bytes[0] ?? 0; at + 1 < bytes.length; at += 1) {
      pair = ((pair & 0xff) << 8) | (bytes[at + 1] ?? 0);
      if (pairs[pair] !== 1) continue;
      for (const { name, form, from } of byPair.get(pair) ?? [])
        if (at >= from && bytes.subarray(at - from, at - from + form.length).equals(form))
          found.add(name);
    }
    return [...found];
  };
}

/** Every file below a folder: its path from there. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
