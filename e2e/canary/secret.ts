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

/** A page of memory. Most of a process's memory, and of a new volume or database, is zeros. */
const ZEROS = Buffer.alloc(4096);
const HASH_BITS = 18;
/** Of four bytes; the factor is the golden ratio's, which spreads neighbours. */
const hash = (start: number): number => Math.imul(start, 0x9e3779b1) >>> (32 - HASH_BITS);

/**
 * Searches for all forms of all secrets in one pass, by four of their bytes; `includes` for each of
 * them would read a process's memory a thousand times. The first of the four is not zero, so that
 * pages of zeros are passed over.
 *
 * @returns a search that returns the names of the found secrets
 */
export function createSearch(secrets: readonly Secret[]): Search {
  const byStart = new Map<
    number,
    { readonly name: string; readonly form: Buffer; readonly from: number }[]
  >();
  const hashes = new Uint8Array(1 << HASH_BITS);
  for (const { name, forms } of secrets)
    for (const form of forms) {
      const from = form.findIndex((byte) => byte !== 0);
      const start = form.readInt32BE(from);
      hashes[hash(start)] = 1;
      byStart.set(start, [...(byStart.get(start) ?? []), { name, form, from }]);
    }
  return (bytes) => {
    const found = new Set<string>();
    for (let page = 0; page < bytes.length; page += ZEROS.length) {
      const end = Math.min(page + ZEROS.length, bytes.length);
      if (bytes.compare(ZEROS, 0, end - page, page, end) === 0) continue;
      let start = 0;
      // The last four bytes may be in the next page.
      for (let at = page; at < Math.min(end + 3, bytes.length); at += 1) {
        start = (start << 8) | (bytes[at] ?? 0);
        if (hashes[hash(start)] !== 1) continue;
        for (const { name, form, from } of byStart.get(start) ?? []) {
          const first = at - 3 - from;
          if (first >= 0 && bytes.subarray(first, first + form.length).equals(form))
            found.add(name);
        }
      }
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
