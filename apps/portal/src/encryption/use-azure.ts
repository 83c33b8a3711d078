import { isIdentifier, isSameIdentifier } from "@databox-cmk/protocol";
import type { UseQueryResult } from "@tanstack/react-query";
import type * as z from "zod/mini";

import { AZURE_LISTS, type AzureList, readAzureList } from "../api/azure-lists.ts";
import { type KeyVersion, readKeys, readKeyVersions, type VaultKey } from "../api/vault-keys.ts";
import { isVaultNameTaken } from "../api/vaults.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { type ReadOptions, useRead } from "../queries/use-part.ts";
import { useSettled } from "../shell/use-settled.ts";

/** The choices in Azure, as far as the caller may see them. */
function useAzureList<Item extends z.ZodMiniType<{ readonly name: string }>>(
  subscriptionId: string,
  list: AzureList<Item>,
  options?: ReadOptions<readonly z.infer<Item>[]>,
): UseQueryResult<readonly z.infer<Item>[]> {
  return useRead(
    QUERY_KEYS.azure(subscriptionId, list.path),
    (client, signal) => readAzureList(client, subscriptionId, list, signal),
    { select: byName, ...options },
  );
}

const byName = <Item extends { readonly name: string }>(items: readonly Item[]) =>
  items.toSorted((a, b) => a.name.localeCompare(b.name));

export const useVaults = (subscriptionId: string) =>
  useAzureList(subscriptionId, AZURE_LISTS.vaults);
export const useResourceGroups = (subscriptionId: string) =>
  useAzureList(subscriptionId, AZURE_LISTS.groups);
export const useStorageAccounts = (subscriptionId: string) =>
  useAzureList(subscriptionId, AZURE_LISTS.storageAccounts);
/** In Azure's order. */
export const useLocations = (subscriptionId: string) =>
  useAzureList(subscriptionId, AZURE_LISTS.locations, { select: undefined, staleTime: Infinity });
/** A customer's own managed identities, without those that the service makes for orders. */
export const useUserIdentities = (subscriptionId: string) =>
  useAzureList(subscriptionId, AZURE_LISTS.identities, {
    select: (all) => all.filter(({ name }) => !ORDER_IDENTITY.test(name)),
  });
const ORDER_IDENTITY = /^dbx-[0-9a-f]{24}$/;

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

/** Whether Azure already has the name, checked while it is typed. `undefined`: not known. */
export function useIsVaultNameTaken(subscriptionId: string, name: string): boolean | undefined {
  const settled = useSettled(name);
  const check = useRead(
    QUERY_KEYS.azure(subscriptionId, `vault-name ${name.toLowerCase()}`),
    (client, signal) => isVaultNameTaken(client, subscriptionId, name, signal),
    { enabled: settled === name && isIdentifier("vaultName", name), staleTime: 0 },
  );
  return check.data;
}

export function useIsKeyNameTaken(vaultUri: string, name: string): boolean {
  const keys = useKeys(vaultUri);
  return (keys.data ?? []).some((key) => isSameIdentifier(key.name, name));
}

export function isGroupNameTaken(
  groups: readonly { readonly name: string }[] | undefined,
  name: string,
): boolean {
  return (groups ?? []).some((group) => isSameIdentifier(group.name, name));
}
