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
import { INTERNAL_ERRORS } from "./table/internal.ts";
import { KEY_ERRORS } from "./table/key.ts";
import { NETWORK_ERRORS } from "./table/network.ts";
import { OFFLINE_ERRORS } from "./table/offline.ts";
import { ORDER_ERRORS } from "./table/order.ts";
import { PORTAL_ERRORS } from "./table/portal.ts";
import { UNLOCK_DECISION_ERRORS } from "./table/unlock-decision.ts";

/**
 * Every failure that anybody can meet, once. Code, behaviour, documentation and vectors are derived from it. What pages show of it in German
 * stands in packages/ui/src/texts/errors-de.
 */
export const ERRORS = {
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
  ...OFFLINE_ERRORS,
  ...DEVICE_LOCAL_ERRORS,
  ...PORTAL_ERRORS,
  ...INTERNAL_ERRORS,
} as const satisfies Record<string, ErrorRow>;
export type ErrorCode = keyof typeof ERRORS;

/** All codes, in the order of the table. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the key type of a closed table
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERRORS, value);
}
