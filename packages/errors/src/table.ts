import { namesOf } from "./closed-table.ts";
import { ENGLISH_ROWS } from "./languages/english.ts";
import type { ErrorRow } from "./row.ts";
import type { AZURE_IDENTITY_ERRORS } from "./table/azure-identity.ts";
import type { AZURE_KEY_ERRORS } from "./table/azure-key.ts";
import type { AZURE_VAULT_ACCESS_ERRORS } from "./table/azure-vault-access.ts";
import type { AZURE_VAULT_ERRORS } from "./table/azure-vault.ts";
import type { KEY_ERRORS } from "./table/key.ts";
import type { ROWS } from "./table/rows.ts";

export type ErrorCode = keyof typeof ROWS;
/** Codes that say what is wrong with a key, its vault, or the identity that uses it. */
export type KeyErrorCode =
  | keyof typeof AZURE_KEY_ERRORS
  | keyof typeof AZURE_VAULT_ACCESS_ERRORS
  | keyof typeof AZURE_VAULT_ERRORS
  | keyof typeof AZURE_IDENTITY_ERRORS
  | keyof typeof KEY_ERRORS;

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
