import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { type Location, readLocations, readResourceGroups } from "../api/resource-groups.ts";
import { readUserIdentities, type UserIdentity } from "../api/user-identities.ts";
import { type KeyVersion, readKeys, readKeyVersions, type VaultKey } from "../api/vault-keys.ts";
import { readVaults, type Vault } from "../api/vaults.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/** The choices in Azure, as far as the caller may see them. */
export function useVaults(subscriptionId: string): UseQueryResult<readonly Vault[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.azure(subscriptionId, "vaults"),
    queryFn: ({ signal }) => readVaults(client, subscriptionId, signal),
  });
}

export function useKeys(vaultUri: string | undefined): UseQueryResult<readonly VaultKey[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.vault(vaultUri ?? "", "keys"),
    queryFn: ({ signal }) => readKeys(client, vaultUri ?? "", signal),
    enabled: vaultUri !== undefined,
  });
}

export function useKeyVersions(
  vaultUri: string | undefined,
  key: string,
): UseQueryResult<readonly KeyVersion[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.vault(vaultUri ?? "", "versions", key),
    queryFn: ({ signal }) => readKeyVersions(client, vaultUri ?? "", key, signal),
    enabled: vaultUri !== undefined && key !== "",
  });
}

export function useResourceGroups(subscriptionId: string): UseQueryResult<readonly string[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.azure(subscriptionId, "groups"),
    queryFn: ({ signal }) => readResourceGroups(client, subscriptionId, signal),
  });
}

export function useLocations(subscriptionId: string): UseQueryResult<readonly Location[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.azure(subscriptionId, "locations"),
    queryFn: ({ signal }) => readLocations(client, subscriptionId, signal),
    staleTime: Infinity,
  });
}

export function useUserIdentities(subscriptionId: string): UseQueryResult<readonly UserIdentity[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.azure(subscriptionId, "identities"),
    queryFn: ({ signal }) => readUserIdentities(client, subscriptionId, signal),
  });
}
