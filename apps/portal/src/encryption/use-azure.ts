import { type UseQueryResult } from "@tanstack/react-query";

import { type Location, readLocations, readResourceGroups } from "../api/resource-groups.ts";
import { readUserIdentities, type UserIdentity } from "../api/user-identities.ts";
import { type KeyVersion, readKeys, readKeyVersions, type VaultKey } from "../api/vault-keys.ts";
import { readVaults, type Vault } from "../api/vaults.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";

/** The choices in Azure, as far as the caller may see them. */
export function useVaults(subscriptionId: string): UseQueryResult<readonly Vault[]> {
  return useRead(QUERY_KEYS.azure(subscriptionId, "vaults"), (client, signal) =>
    readVaults(client, subscriptionId, signal),
  );
}

export function useKeys(vaultUri: string | undefined): UseQueryResult<readonly VaultKey[]> {
  return useRead(
    QUERY_KEYS.vault(vaultUri ?? "", "keys"),
    (client, signal) => readKeys(client, vaultUri ?? "", signal),
    { enabled: vaultUri !== undefined },
  );
}

export function useKeyVersions(
  vaultUri: string | undefined,
  key: string,
): UseQueryResult<readonly KeyVersion[]> {
  return useRead(
    QUERY_KEYS.vault(vaultUri ?? "", "versions", key),
    (client, signal) => readKeyVersions(client, vaultUri ?? "", key, signal),
    { enabled: vaultUri !== undefined && key !== "" },
  );
}

export function useResourceGroups(subscriptionId: string): UseQueryResult<readonly string[]> {
  return useRead(QUERY_KEYS.azure(subscriptionId, "groups"), (client, signal) =>
    readResourceGroups(client, subscriptionId, signal),
  );
}

export function useLocations(subscriptionId: string): UseQueryResult<readonly Location[]> {
  return useRead(
    QUERY_KEYS.azure(subscriptionId, "locations"),
    (client, signal) => readLocations(client, subscriptionId, signal),
    { staleTime: Infinity },
  );
}

export function useUserIdentities(subscriptionId: string): UseQueryResult<readonly UserIdentity[]> {
  return useRead(QUERY_KEYS.azure(subscriptionId, "identities"), (client, signal) =>
    readUserIdentities(client, subscriptionId, signal),
  );
}
