import type { Phrases } from "../../explanation/translate.ts";
import { answers } from "./answers.ts";
import { arm } from "./arm.ts";
import { azureIdentity } from "./azure-identity.ts";
import { azureKey } from "./azure-key.ts";
import { azureOrder } from "./azure-order.ts";
import { azureVaultAccess } from "./azure-vault-access.ts";
import { azureVault } from "./azure-vault.ts";
import { deviceEnvelope } from "./device-envelope.ts";
import { deviceLocal } from "./device-local.ts";
import { deviceProtocol } from "./device-protocol.ts";
import { internal } from "./internal.ts";
import { key } from "./key.ts";
import { network } from "./network.ts";
import { offline } from "./offline.ts";
import { order } from "./order.ts";
import { portal } from "./portal.ts";
import { steps } from "./steps.ts";
import { unlockDecision } from "./unlock-decision.ts";

/**
 * German for every text of the table of codes, by its English template, in files as the table's own (packages/errors/src/table). What several
 * of them say stands in steps.ts, or in the first that says it.
 */
export const ERRORS_DE: Phrases = {
  ...answers,
  ...steps,
  ...arm,
  ...azureIdentity,
  ...azureKey,
  ...azureOrder,
  ...azureVaultAccess,
  ...azureVault,
  ...deviceEnvelope,
  ...deviceLocal,
  ...deviceProtocol,
  ...internal,
  ...key,
  ...network,
  ...offline,
  ...order,
  ...portal,
  ...unlockDecision,
};
