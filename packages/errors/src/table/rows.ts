import type { WrittenRow } from "../row.ts";
import { ARM_ERRORS } from "./arm.ts";
import { AZURE_IDENTITY_ERRORS } from "./azure-identity.ts";
import { AZURE_KEY_ERRORS } from "./azure-key.ts";
import { AZURE_ORDER_ERRORS } from "./azure-order.ts";
import { AZURE_VAULT_ACCESS_ERRORS } from "./azure-vault-access.ts";
import { AZURE_VAULT_ERRORS } from "./azure-vault.ts";
import { DEVICE_ENVELOPE_ERRORS } from "./device-envelope.ts";
import { DEVICE_LOCAL_ERRORS } from "./device-local.ts";
import { DEVICE_PROTOCOL_ERRORS } from "./device-protocol.ts";
import { ERASURE_ERRORS } from "./erasure.ts";
import { INTERNAL_ERRORS } from "./internal.ts";
import { KEY_ERRORS } from "./key.ts";
import { NETWORK_ERRORS } from "./network.ts";
import { OFFLINE_ERRORS } from "./offline.ts";
import { ORDER_ERRORS } from "./order.ts";
import { PORTAL_ERRORS } from "./portal.ts";
import { SPLIT_CUSTODY_ERRORS } from "./split-custody.ts";
import { UNLOCK_DECISION_ERRORS } from "./unlock-decision.ts";

/** Every failure that a person can meet, once: its behaviour, and its texts in both languages. */
export const ROWS = {
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
} satisfies Record<string, WrittenRow>;
