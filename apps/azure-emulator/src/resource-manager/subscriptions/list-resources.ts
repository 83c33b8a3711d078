import type { Tags } from "../../core/model.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { parseScope } from "../resource-id.ts";
import type { ListFilter } from "./list-filter.ts";

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
export function selectResources(
  resources: readonly GenericResource[],
  query: {
    readonly subscriptionId: string;
    readonly resourceGroup?: string | undefined;
    readonly equals: ListFilter["equals"];
  },
): readonly GenericResource[] {
  const { equals } = query;
  const isWanted = (name: string, actual: string): boolean => {
    const wanted = equals.get(name);
    return wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
  };
  const selected = resources.filter(({ id, type, name, location }) => {
    const { subscriptionId = "", resourceGroup = "" } = parseScope(id);
    return (
      subscriptionId.toLowerCase() === query.subscriptionId.toLowerCase() &&
      (query.resourceGroup === undefined ||
        resourceGroup.toLowerCase() === query.resourceGroup.toLowerCase()) &&
      isWanted("resourcetype", type) &&
      isWanted("name", name) &&
      isWanted("resourcegroup", resourceGroup) &&
      isWanted("location", location)
    );
  });
  return selected.map(({ id, name, type, location, tags }) => ({ id, name, type, location, tags }));
}

/** The resources that the emulator itself holds. */
export function heldResources(state: EmulatorState): readonly GenericResource[] {
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
  ].map(({ record: { id, name, location, tags }, type }) => ({ id, name, type, location, tags }));
}
