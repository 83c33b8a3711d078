import { namesOf } from "./closed-table.ts";
import { ENGLISH_ROWS } from "./languages/english.ts";
import type { ErrorRow } from "./row.ts";
import type { ROWS } from "./table/rows.ts";

export type ErrorCode = keyof typeof ROWS;

/**
 * Every failure that a person can meet, once. Code, behaviour, documentation and vectors are
 * derived from it.
 */
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = ENGLISH_ROWS;

/** All codes, in the order of the table. */
export const ERROR_CODES = namesOf(ERRORS);

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERRORS, value);
}
