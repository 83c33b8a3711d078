import type { Tags } from "../../core/model.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { parseListFilter } from "./list-filter.ts";

export type GenericResource = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Tags;
};

/**
 * `GET …/resources?$filter=resourceType eq '…' and name eq '…'`: az CLI uses it to find the
 * resource group of a vault.
 */
export function listResources(
  state: EmulatorState,
  query: {
    subscriptionId: string;
    resourceGroup?: string | undefined;
    filter: string | undefined;
  },
): GenericResource[] {
  const { equals } = parseListFilter(query.filter);
  const isWanted = (name: string, actual: string): boolean => {
    const wanted = equals.get(name);
    return wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
  };
  return allResources(state)
    .filter(
      ({ record, type }) =>
        record.subscriptionId.toLowerCase() === query.subscriptionId.toLowerCase() &&
        (query.resourceGroup === undefined ||
          record.resourceGroup.toLowerCase() === query.resourceGroup.toLowerCase()) &&
        isWanted("resourcetype", type) &&
        isWanted("name", record.name) &&
        isWanted("resourcegroup", record.resourceGroup) &&
        isWanted("location", record.location),
    )
    .map(({ record, type }) => ({
      id: record.id,
      name: record.name,
      type,
      location: record.location,
      tags: record.tags,
    }));
}

function allResources(state: EmulatorState) {
  return [
    ...state
      .list("vault")
      .filter((vault) => vault.deletion === undefined)
      .map((record) => ({ record, type: "Microsoft.KeyVault/vaults" })),
    ...state
      .list("managedIdentity")
      .map((record) => ({ record, type: "Microsoft.ManagedIdentity/userAssignedIdentities" })),
    ...state
      .list("storageAccount")
      .map((record) => ({ record, type: "Microsoft.Storage/storageAccounts" })),
  ];
}
