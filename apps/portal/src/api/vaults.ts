import * as z from "zod/mini";

import { armPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

const API_VERSION = "2023-07-01";

const vault = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  properties: z.object({
    vaultUri: z.string(),
    tenantId: z.string(),
    enableRbacAuthorization: z.optional(z.nullable(z.boolean())),
    enableSoftDelete: z.optional(z.nullable(z.boolean())),
    enablePurgeProtection: z.optional(z.nullable(z.boolean())),
    provisioningState: z.optional(z.string()),
  }),
});
export type Vault = z.infer<typeof vault>;
const vaultList = z.object({ value: z.array(vault), nextLink: z.optional(z.nullable(z.string())) });

export async function readVaults(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly Vault[]> {
  const path = `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.KeyVault/vaults`;
  const { value } = await client.read(armPath(path, API_VERSION), vaultList, { signal });
  return value.toSorted((a, b) => a.name.localeCompare(b.name));
}

const nameCheck = z.object({
  nameAvailable: z.boolean(),
  reason: z.optional(z.nullable(z.string())),
});

/** Names of vaults are taken in all of Azure, by deleted vaults too. */
export async function isVaultNameTaken(
  client: Client,
  subscriptionId: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.KeyVault/checkNameAvailability`;
  const { nameAvailable, reason } = await client.read(armPath(path, API_VERSION), nameCheck, {
    method: "POST",
    body: { name, type: "Microsoft.KeyVault/vaults" },
    signal,
  });
  return !nameAvailable && reason === "AlreadyExists";
}

export type NewVault = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly retentionDays: number;
  readonly purgeProtection: boolean;
};

const POLL_MS = 1000;
const MAX_POLLS = 60;

/**
 * Made with the rights that its maker needs to create keys in it; soft delete cannot be off in
 * Azure.
 *
 * @throws {ProblemError} NameTaken
 */
export async function createVault(
  client: Client,
  wanted: NewVault,
  maker: { readonly tenantId: string; readonly objectId: string },
): Promise<Vault> {
  const path = armPath(
    `/subscriptions/${encodeURIComponent(wanted.subscriptionId)}/resourceGroups/${encodeURIComponent(wanted.resourceGroup)}/providers/Microsoft.KeyVault/vaults/${encodeURIComponent(wanted.name)}`,
    API_VERSION,
  );
  let made = await client.read(path, vault, {
    method: "PUT",
    createOnly: true,
    body: {
      location: wanted.location,
      properties: {
        tenantId: maker.tenantId,
        sku: { family: "A", name: "standard" },
        enableSoftDelete: true,
        softDeleteRetentionInDays: wanted.retentionDays,
        // Azure refuses "false"; an absent member means off.
        enablePurgeProtection: wanted.purgeProtection ? true : undefined,
        enableRbacAuthorization: false,
        accessPolicies: [
          {
            tenantId: maker.tenantId,
            objectId: maker.objectId,
            permissions: {
              keys: ["get", "list", "create", "update", "rotate", "recover", "delete"],
            },
          },
        ],
      },
    },
  });
  for (let polls = 0; made.properties.provisioningState === "RegisteringDns"; polls += 1) {
    if (polls === MAX_POLLS) break;
    if (polls > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    made = await client.read(path, vault);
  }
  return made;
}

const KEY_PERMISSIONS = ["get", "wrapKey", "unwrapKey"];
/** Azure built-in role "Key Vault Crypto Service Encryption User". */
const ENCRYPTION_USER_ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
const ROLE_ASSIGNMENTS_API_VERSION = "2022-04-01";

/**
 * Adds get, wrap and unwrap for an order's identity, in the vault's own permission model. Nothing
 * is removed.
 */
export async function grantAccess(
  client: Client,
  to: Vault,
  principalId: string,
  newId: () => string,
): Promise<void> {
  if (to.properties.enableRbacAuthorization === true) {
    const subscription = to.id.split("/").slice(0, 3).join("/");
    try {
      await client.send(
        armPath(
          `${to.id}/providers/Microsoft.Authorization/roleAssignments/${newId()}`,
          ROLE_ASSIGNMENTS_API_VERSION,
        ),
        {
          method: "PUT",
          createOnly: true,
          body: {
            properties: {
              roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${ENCRYPTION_USER_ROLE}`,
              principalId,
              principalType: "ServicePrincipal",
            },
          },
        },
      );
    } catch (error) {
      // The role was assigned earlier and has not reached the vault yet: Azure keeps one assignment
      // of each role.
      if (!(error instanceof ProblemError) || error.problem.code !== "RoleAssignmentExists")
        throw error;
    }
    return;
  }
  await client.send(armPath(`${to.id}/accessPolicies/add`, API_VERSION), {
    method: "PUT",
    body: {
      properties: {
        accessPolicies: [
          {
            tenantId: to.properties.tenantId,
            objectId: principalId,
            permissions: { keys: KEY_PERMISSIONS },
          },
        ],
      },
    },
  });
}
