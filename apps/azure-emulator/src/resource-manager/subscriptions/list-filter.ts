import { badRequest } from "../arm-error.ts";

/**
 * The part of OData that clients of `/roleAssignments` and `/roleDefinitions` use: equalities
 * joined by `and`, and functions. An id may be without quotes. Libraries such as odata-v4-parser do
 * not serve: they build a syntax tree of the whole language for these two shapes.
 */
export type ListFilter = {
  /** Names in lower case. */
  readonly equals: ReadonlyMap<string, string>;
  /** `atScope()`, `assignedTo('…')`; names in lower case. */
  readonly functions: ReadonlyMap<string, string>;
};

const EQUALITY = /^\s*([a-z/]+)\s+eq\s+(?:'((?:[^']|'')*)'|([\da-f-]{36}))\s*$/i;
const FUNCTION = /^\s*([a-z]+)\(\s*(?:'((?:[^']|'')*)')?\s*\)\s*$/i;
const CHARACTERS_MAXIMUM = 2_048;

/** @throws ArmError 400 for a filter of another shape. */
export function parseListFilter(text: string | undefined): ListFilter {
  const equals = new Map<string, string>();
  const functions = new Map<string, string>();
  if (text === undefined || text.trim() === "") return { equals, functions };
  if (text.length > CHARACTERS_MAXIMUM) throw invalidFilter(text.slice(0, 64));
  for (const term of text.split(/\s+and\s+/i)) {
    const equality = EQUALITY.exec(term);
    const call = FUNCTION.exec(term);
    if (equality?.[1] !== undefined)
      equals.set(equality[1].toLowerCase(), equality[3] ?? unquote(equality[2] ?? ""));
    else if (call?.[1] !== undefined) functions.set(call[1].toLowerCase(), unquote(call[2] ?? ""));
    else throw invalidFilter(term);
  }
  return { equals, functions };
}

function invalidFilter(term: string) {
  return badRequest(
    `Invalid $filter '${term}': use equalities joined by 'and', such as roleName eq 'Reader'.`,
  );
}

function unquote(text: string): string {
  return text.replaceAll("''", "'");
}
