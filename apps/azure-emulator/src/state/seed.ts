import type { EmulatorConfig } from "../config.ts";
import type { Settings } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";

export const DEFAULT_SETTINGS: Settings = {
  name: "settings",
  clockOffsetMs: 0,
  throttling: true,
  visibilityDelayMs: 1_000,
  accessPropagationDelayMs: 0,
  // An address of the documentation block TEST-NET-3 (RFC 5737).
  callerAddress: "203.0.113.10",
  unverified: {},
};

/**
 * Creates the tenant, subscription, resource group and storage account of a new emulator; existing
 * ones stay.
 */
export function seedState(state: EmulatorState, config: EmulatorConfig): void {
  const { tenantId, subscriptionId, location, resourceGroup, storageAccount } = config;
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const accountId = storageAccountId(config);
  state.transaction(() => {
    if (state.get("settings", "settings") === undefined) state.put("settings", DEFAULT_SETTINGS);
    if (state.get("tenant", tenantId) === undefined)
      state.put("tenant", { id: tenantId, displayName: "Data Box demo" });
    if (state.get("subscription", subscriptionId) === undefined) {
      state.put("subscription", { id: subscriptionId, tenantId, displayName: "Data Box demo" });
    }
    if (state.get("resourceGroup", groupId) === undefined) {
      state.put("resourceGroup", {
        id: groupId,
        subscriptionId,
        name: resourceGroup,
        location,
        tags: {},
      });
    }
    if (state.get("storageAccount", accountId) === undefined) {
      state.put("storageAccount", {
        id: accountId,
        subscriptionId,
        resourceGroup,
        name: storageAccount,
        location,
        kind: "StorageV2",
        skuName: "Standard_LRS",
        tags: {},
      });
    }
    if (state.get("imdsAssignment", "this-machine") === undefined)
      state.put("imdsAssignment", { machine: "this-machine", identities: [] });
  });
}

export function storageAccountId({
  subscriptionId,
  resourceGroup,
  storageAccount,
}: EmulatorConfig): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${storageAccount}`;
}
