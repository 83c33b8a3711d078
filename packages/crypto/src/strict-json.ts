import { malformed } from "./crypto-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** An escape that may be half of a surrogate pair. */
const SURROGATE = /\\u[dD][89a-fA-F]/;
/** A string, with the colon that makes it a member's name. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g;

export type JsonObject = { readonly [name: string]: unknown };

/**
 * Bytes → one JSON object, in exactly one way: fatal UTF-8, no duplicate members (RFC 8259 §4
 * leaves their meaning open, so two parsers may read two messages out of one signature), no
 * `__proto__`, no lone surrogates (RFC 7493 §2.1: they have no canonical form, and no UTF-8).
 *
 * By hand because: `JSON.parse` keeps the last duplicate and its reviver cannot see the others;
 * secure-json-parse only looks for prototype names; json-dup-key-validator is a second full parser
 * in JavaScript, not maintained.
 *
 * @throws {CryptoError} `malformed`
 */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  return parseJsonObjectText(decode(bytes, what), what);
}

export function parseJsonObjectText(text: string, what: string): JsonObject {
  const value = parseText(text, what);
  if (!isJsonObject(value)) throw malformed(`${what}: not a JSON object`);
  rejectRepeatedNames(text, value, what);
  rejectHalfPairs(text, value, what);
  return value;
}

/** Likewise, for JSON that may be another value than an object: a list of events. */
export function parseJsonList(bytes: Uint8Array, what: string): JsonObject | readonly unknown[] {
  const text = decode(bytes, what);
  const value = parseText(text, what);
  if (!isJsonObject(value) && !Array.isArray(value))
    throw malformed(`${what}: neither a JSON object nor an array`);
  rejectRepeatedNames(text, value, what);
  rejectHalfPairs(text, value, what);
  return value;
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed(`${what}: not UTF-8`);
  }
}

function parseText(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(`${what}: not JSON`); // without cause: V8's message quotes the input
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Only for text that `JSON.parse` accepted: a name is then where this expression finds it, and
 * nowhere else. Of a name that an object repeats, the value keeps one.
 */
function rejectRepeatedNames(text: string, value: unknown, what: string): void {
  let named = 0;
  for (const string of text.match(STRING) ?? []) if (string.endsWith(":")) named += 1;
  if (countMembers(value) !== named) throw malformed(`${what}: repeated or forbidden member name`);
}

/** Walks by a list and no recursion, like `countMembers`. */
function rejectHalfPairs(text: string, value: unknown, what: string): void {
  if (text.isWellFormed() && !SURROGATE.test(text)) return;
  const found = [value];
  for (const each of found)
    if (typeof each === "string") {
      if (!each.isWellFormed()) throw malformed(`${what}: half of a surrogate pair`);
    } else if (typeof each === "object" && each !== null)
      for (const [name, inner] of Object.entries(each)) found.push(name, inner);
}

/**
 * Ignores `__proto__`, which is not a member's name. Uses a list and no recursion: a text may be
 * nested as deep as it is long.
 */
function countMembers(value: unknown): number {
  let members = 0;
  const found = [value];
  for (const each of found) {
    if (typeof each !== "object" || each === null) continue;
    if (!Array.isArray(each)) members += Object.keys(each).length;
    if (Object.hasOwn(each, "__proto__")) members -= 1;
    for (const inner of Object.values(each)) found.push(inner);
  }
  return members;
}

/** @throws {CryptoError} `malformed` when a member is missing or one more is there */
export function requireExactMembers(
  value: JsonObject,
  names: readonly string[],
  what: string,
): void {
  for (const name of names)
    if (!Object.hasOwn(value, name)) throw malformed(`${what}: member ${name} is missing`);
  if (Object.keys(value).length !== names.length) throw malformed(`${what}: unknown member`);
}
