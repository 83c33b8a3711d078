import type { DirectoryObject } from "./directory-objects.ts";

const MEMBER_EQUALS = /^\s*([a-z]+)\s+eq\s+'((?:[^']|'')*)'\s*$/i;
const ANY_EQUALS = /^\s*([a-z]+)\/any\((\w+):\s*\2\s+eq\s+'((?:[^']|'')*)'\)\s*$/i;
const STARTS_WITH = /^\s*startswith\(([a-z]+)\s*,\s*'((?:[^']|'')*)'\)\s*$/i;

/**
 * The filters that az CLI sends: an equality, a member of a list, a prefix; joined by `or`.
 * Undefined: another shape.
 */
export function parseGraphFilter(
  text: string | undefined,
): ((object: DirectoryObject) => boolean) | undefined {
  if (text === undefined || text.trim() === "") return () => true;
  const terms = text.split(/\s+or\s+/i).map(parseTerm);
  if (terms.includes(undefined)) return undefined;
  return (object) => terms.some((term) => term?.(object) === true);
}

function parseTerm(text: string): ((object: DirectoryObject) => boolean) | undefined {
  const equality = MEMBER_EQUALS.exec(text);
  if (equality !== null) return compare(equality[1], equality[2], (a, b) => a === b);
  const any = ANY_EQUALS.exec(text);
  if (any !== null) return compare(any[1], any[3], (a, b) => a === b);
  const beginning = STARTS_WITH.exec(text);
  if (beginning !== null) return compare(beginning[1], beginning[2], (a, b) => a.startsWith(b));
  return undefined;
}

function compare(
  member: string | undefined,
  quoted: string | undefined,
  matches: (actual: string, wanted: string) => boolean,
): (object: DirectoryObject) => boolean {
  const wanted = (quoted ?? "").replaceAll("''", "'").toLowerCase();
  const name = (member ?? "").toLowerCase();
  return (object) => {
    const value = Object.entries(object).find(([key]) => key.toLowerCase() === name)?.[1];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.some((item) => typeof item === "string" && matches(item.toLowerCase(), wanted));
  };
}
