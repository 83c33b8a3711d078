import type { StackDescription } from "../core/stack-description.ts";
import type { AzureClients } from "./clients.ts";

/**
 * Makes a vault with soft delete, purge protection and Azure RBAC.
 *
 * @returns its resource id
 */
export async function createVault(
  { vaults }: Pick<AzureClients, "vaults">,
  { location, tenantId }: Pick<StackDescription, "location" | "tenantId">,
  resourceGroup: string,
  name: string,
): Promise<string> {
  const properties = {
    tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    enablePurgeProtection: true,
    softDeleteRetentionInDays: 7,
  } as const;
  const wanted = { location, properties };
  // The stack answers at once; the SDK's own polling pace is made for the cloud.
  const pace = { updateIntervalInMs: 20 };
  const { id } = await vaults.vaults.beginCreateOrUpdateAndWait(resourceGroup, name, wanted, pace);
  if (id === undefined) throw new Error("Resource Manager made a vault without an id");
  return id;
}
