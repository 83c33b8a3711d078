import * as z from "zod/mini";

import { armPath } from "../core/arm-path.ts";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

/** Outlives 2027-02-27, when Azure retires all versions before it. */
export const VAULTS_API_VERSION = "2026-02-01";

export const vault = z.object({
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
  const { nameAvailable, reason } = await client.read(
    armPath(path, VAULTS_API_VERSION),
    nameCheck,
    {
      method: "POST",
      body: { name, type: "Microsoft.KeyVault/vaults" },
      signal,
    },
  );
  return !nameAvailable && reason === "AlreadyExists";
}

export type NewVault = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly retentionDays: number;
  readonly purgeProtection: boolean;
  readonly accessModel: AccessModel;
  readonly tier: PricingTier;
};

/** How a vault grants access to its keys: Azure's roles, or a list of its own. */
export type AccessModel = "roles" | "policies";

/** `premium` can also keep keys in hardware. */
export type PricingTier = "standard" | "premium";

const POLL_MS = 1000;
const MAX_POLLS = 60;

/**
 * Made with the rights that its maker needs to create keys in it; soft delete cannot be off in
 * Azure. A maker who may not assign roles gets the vault of roles without them: creating a key then
 * says whom to ask.
 *
 * @param newId - a new GUID.
 * @throws {ProblemError} NameTaken
 */
export async function createVault(
  client: Client,
  wanted: NewVault,
  maker: { readonly tenantId: string; readonly objectId: string },
  newId: () => string,
): Promise<Vault> {
  const byRoles = wanted.accessModel === "roles";
  const path = armPath(
    `/subscriptions/${encodeURIComponent(wanted.subscriptionId)}/resourceGroups/${encodeURIComponent(wanted.resourceGroup)}/providers/Microsoft.KeyVault/vaults/${encodeURIComponent(wanted.name)}`,
    VAULTS_API_VERSION,
  );
  let made = await client.read(path, vault, {
    method: "PUT",
    createOnly: true,
    body: {
      location: wanted.location,
      properties: {
        tenantId: maker.tenantId,
        sku: { family: "A", name: wanted.tier },
        enableSoftDelete: true,
        softDeleteRetentionInDays: wanted.retentionDays,
        // Azure refuses "false"; an absent member means off.
        enablePurgeProtection: wanted.purgeProtection ? true : undefined,
        enableRbacAuthorization: byRoles,
        accessPolicies: byRoles
          ? undefined
          : [
              {
                tenantId: maker.tenantId,
                objectId: maker.objectId,
                permissions: {
                  keys: [
                    "get",
                    "list",
                    "create",
                    "update",
                    "rotate",
                    "getrotationpolicy",
                    "setrotationpolicy",
                    "recover",
                    "delete",
                  ],
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
  if (byRoles)
    await assignRole(
      client,
      made,
      "cryptoOfficer",
      { id: maker.objectId, type: "User" },
      newId,
    ).catch((error: unknown) => {
      if (!isProblem(error, "AuthorizationFailed")) throw error;
    });
  return made;
}

const KEY_PERMISSIONS = ["get", "wrapKey", "unwrapKey"];
/** Azure's built-in roles Key Vault Crypto Officer and Key Vault Crypto Service Encryption User. */
const ROLES = {
  cryptoOfficer: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
  encryptionUser: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
} as const;
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
    const identity = { id: principalId, type: "ServicePrincipal" } as const;
    await assignRole(client, to, "encryptionUser", identity, newId);
    return;
  }
  await client.send(armPath(`${to.id}/accessPolicies/add`, VAULTS_API_VERSION), {
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

async function assignRole(
  client: Client,
  on: Vault,
  role: keyof typeof ROLES,
  principal: { readonly id: string; readonly type: "User" | "ServicePrincipal" },
  newId: () => string,
): Promise<void> {
  const subscription = on.id.split("/").slice(0, 3).join("/");
  const path = armPath(
    `${on.id}/providers/Microsoft.Authorization/roleAssignments/${newId()}`,
    ROLE_ASSIGNMENTS_API_VERSION,
  );
  const properties = {
    roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
    principalId: principal.id,
    principalType: principal.type,
  };
  try {
    await client.send(path, { method: "PUT", createOnly: true, body: { properties } });
  } catch (error) {
    // The role was assigned earlier and has not reached the vault yet: Azure keeps one assignment
    // of each role.
    if (!isProblem(error, "RoleAssignmentExists")) throw error;
  }
}

function isProblem(error: unknown, code: string): boolean {
  return error instanceof ProblemError && error.problem.code === code;
}
