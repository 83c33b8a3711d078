import { isIdentifier, isSameIdentifier } from "@databox-cmk/protocol";

import { isVaultNameTaken } from "../api/vaults.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";
import { useSettled } from "../shell/use-settled.ts";
import { useKeys } from "./use-azure.ts";

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
