import type { Text } from "../row.ts";
import { ANSWERS } from "../table/answers.ts";
import { ROWS } from "../table/rows.ts";

/*
 * A bundle holds the value of this module in place of the module, where it is used
 * (bundle/fold-texts.ts).
 */

/**
 * German for every text that answers, denials and the appliance say, by its English template:
 * servers and appliances write English for everyone, so a page knows only the English.
 */
export const GERMAN: Readonly<Record<string, string>> = Object.fromEntries(
  [...textsOf(ROWS), ...textsOf(ANSWERS)].map(({ en, de }) => [en, de]),
);

/** Every text within a value, in order. */
export function textsOf(value: unknown): readonly Text[] {
  if (typeof value !== "object" || value === null) return [];
  return isText(value) ? [value] : Object.values(value).flatMap(textsOf);
}

function isText(value: object): value is Text {
  return "en" in value && "de" in value;
}
