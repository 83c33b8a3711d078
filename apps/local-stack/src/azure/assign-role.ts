import { randomUUID } from "node:crypto";

import type { AzureClients } from "./clients.ts";

const API_VERSION = "2022-04-01";

/** Azure's built-in roles for the keys of a vault; ids are the same in each tenant. */
export const KEY_ROLES = {
  /** Makes and changes keys. An owner of a subscription has no right on the keys in its vaults. */
  cryptoOfficer: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
  /** Reads, wraps and unwraps: all that an order's identity needs. */
  cryptoServiceEncryptionUser: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
} as const;

/**
 * Assigns one of {@link KEY_ROLES}.
 *
 * @param scope - resource id of a subscription or of a vault.
 * @param name - a GUID; under the same one, the assignment may be there already.
 * @returns removes the assignment again
 */
export async function assignRole(
  { callResourceManager }: Pick<AzureClients, "callResourceManager">,
  scope: string,
  role: keyof typeof KEY_ROLES,
  principal: { readonly id: string; readonly type: "User" | "ServicePrincipal" },
  name: string = randomUUID(),
): Promise<() => Promise<void>> {
  const subscription = scope.split("/").slice(0, 3).join("/");
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=${API_VERSION}`;
  await callResourceManager("PUT", path, {
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${KEY_ROLES[role]}`,
      principalId: principal.id,
      principalType: principal.type,
    },
  });
  return async () => {
    await callResourceManager("DELETE", path);
  };
}
