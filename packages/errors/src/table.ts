import { namesOf } from "./closed-table.ts";
import type { ErrorRow } from "./row.ts";
import { ARM_ERRORS } from "./table/arm.ts";
import { AZURE_IDENTITY_ERRORS } from "./table/azure-identity.ts";
import { AZURE_KEY_ERRORS } from "./table/azure-key.ts";
import { AZURE_ORDER_ERRORS } from "./table/azure-order.ts";
import { AZURE_VAULT_ACCESS_ERRORS } from "./table/azure-vault-access.ts";
import { AZURE_VAULT_ERRORS } from "./table/azure-vault.ts";
import { DEVICE_ENVELOPE_ERRORS } from "./table/device-envelope.ts";
import { DEVICE_LOCAL_ERRORS } from "./table/device-local.ts";
import { DEVICE_PROTOCOL_ERRORS } from "./table/device-protocol.ts";
import { ERASURE_ERRORS } from "./table/erasure.ts";
import { INTERNAL_ERRORS } from "./table/internal.ts";
import { KEY_ERRORS } from "./table/key.ts";
import { NETWORK_ERRORS } from "./table/network.ts";
import { OFFLINE_ERRORS } from "./table/offline.ts";
import { ORDER_ERRORS } from "./table/order.ts";
import { PORTAL_ERRORS } from "./table/portal.ts";
import { SPLIT_CUSTODY_ERRORS } from "./table/split-custody.ts";
import { UNLOCK_DECISION_ERRORS } from "./table/unlock-decision.ts";

const ROWS = {
  ...AZURE_KEY_ERRORS,
  ...AZURE_VAULT_ACCESS_ERRORS,
  ...AZURE_VAULT_ERRORS,
  ...AZURE_IDENTITY_ERRORS,
  ...AZURE_ORDER_ERRORS,
  ...ARM_ERRORS,
  ...KEY_ERRORS,
  ...ORDER_ERRORS,
  ...NETWORK_ERRORS,
  ...DEVICE_PROTOCOL_ERRORS,
  ...DEVICE_ENVELOPE_ERRORS,
  ...UNLOCK_DECISION_ERRORS,
  ...SPLIT_CUSTODY_ERRORS,
  ...OFFLINE_ERRORS,
  ...ERASURE_ERRORS,
  ...DEVICE_LOCAL_ERRORS,
  ...PORTAL_ERRORS,
  ...INTERNAL_ERRORS,
};

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
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = ROWS;

/** All codes, in the order of the table. */
export const ERROR_CODES = namesOf(ERRORS);

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERRORS, value);
}
