import arm from "../table/german/arm.json" with { type: "json" };
import azureIdentity from "../table/german/azure-identity.json" with { type: "json" };
import azureKey from "../table/german/azure-key.json" with { type: "json" };
import azureOrder from "../table/german/azure-order.json" with { type: "json" };
import azureVaultAccess from "../table/german/azure-vault-access.json" with { type: "json" };
import azureVault from "../table/german/azure-vault.json" with { type: "json" };
import deviceEnvelope from "../table/german/device-envelope.json" with { type: "json" };
import deviceLocal from "../table/german/device-local.json" with { type: "json" };
import deviceProtocol from "../table/german/device-protocol.json" with { type: "json" };
import erasure from "../table/german/erasure.json" with { type: "json" };
import internal from "../table/german/internal.json" with { type: "json" };
import key from "../table/german/key.json" with { type: "json" };
import network from "../table/german/network.json" with { type: "json" };
import offline from "../table/german/offline.json" with { type: "json" };
import order from "../table/german/order.json" with { type: "json" };
import portal from "../table/german/portal.json" with { type: "json" };
import shared from "../table/german/shared.json" with { type: "json" };
import splitCustody from "../table/german/split-custody.json" with { type: "json" };
import unlockDecision from "../table/german/unlock-decision.json" with { type: "json" };

/** German by English, a file for each file of the table; `shared` has the texts of several. */
export const CATALOGUE = {
  ...arm,
  ...azureIdentity,
  ...azureKey,
  ...azureOrder,
  ...azureVault,
  ...azureVaultAccess,
  ...deviceEnvelope,
  ...deviceLocal,
  ...deviceProtocol,
  ...erasure,
  ...internal,
  ...key,
  ...network,
  ...offline,
  ...order,
  ...portal,
  ...shared,
  ...splitCustody,
  ...unlockDecision,
};

/**
 * German for every text that answers, denials and the appliance say, by its English template:
 * servers and appliances write English for everyone, so a page knows only the English.
 */
export const GERMAN: Readonly<Record<string, string>> = CATALOGUE;
