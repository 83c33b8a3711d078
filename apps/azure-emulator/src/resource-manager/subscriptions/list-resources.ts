import { isSame, type Tags } from "../../core/model.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { parseScope } from "../resource-id.ts";
import type { GenericResource, ResourceFilter } from "./resource-filter.ts";

type ListedResource = Omit<GenericResource, "tags"> & { readonly tags: Tags | undefined };

/** The resources of a subscription, or of one of its groups, that a filter selects. */
export function selectResources(
  resources: readonly GenericResource[],
  query: {
    readonly subscriptionId: string;
    readonly resourceGroup?: string | undefined;
    readonly filter: ResourceFilter;
  },
): readonly ListedResource[] {
  const selected = resources.filter((resource) => {
    const { subscriptionId = "", resourceGroup = "" } = parseScope(resource.id);
    return (
      isSame(subscriptionId, query.subscriptionId) &&
      (query.resourceGroup === undefined || isSame(resourceGroup, query.resourceGroup)) &&
      query.filter.matches(resource)
    );
  });
  return selected.map(({ id, name, type, location, tags }) => ({
    id,
    name,
    type,
    location,
    tags: query.filter.hidesTags ? undefined : tags,
  }));
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
