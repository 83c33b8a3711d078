import type { AccessPolicy, Provenance, Vault } from "../../core/model.ts";
import type { Endpoints } from "../../dependencies.ts";

/** The JSON of a vault. Creation answers `RegisteringDns` once; pollers then read `Succeeded`. */
export function renderVault(
  vault: Vault,
  endpoints: Pick<Endpoints, "vaultSuffix">,
  provisioningState: "RegisteringDns" | "Succeeded" = "Succeeded",
): object {
  const { access } = vault;
  return {
    id: vault.id,
    name: vault.name,
    type: "Microsoft.KeyVault/vaults",
    location: vault.location,
    tags: vault.tags,
    systemData: renderSystemData(vault.provenance),
    properties: {
      sku: { family: "A", name: vault.sku },
      tenantId: access.tenantId,
      networkAcls: {
        bypass: access.networkAcls.bypass,
        defaultAction: access.networkAcls.defaultAction,
        ipRules: access.networkAcls.ipRules.map((value) => ({ value })),
        virtualNetworkRules: access.networkAcls.virtualNetworkRules.map((id) => ({ id })),
      },
      accessPolicies: access.accessPolicies.map(renderAccessPolicy),
      enabledForDeployment: vault.enabledForDeployment,
      enabledForDiskEncryption: vault.enabledForDiskEncryption,
      enabledForTemplateDeployment: vault.enabledForTemplateDeployment,
      enableSoftDelete: vault.softDeleteEnabled,
      softDeleteRetentionInDays: vault.softDeleteEnabled
        ? vault.softDeleteRetentionDays
        : undefined,
      enableRbacAuthorization: access.rbacAuthorization,
      // Absent when off, never false.
      enablePurgeProtection: vault.purgeProtectionEnabled ? true : undefined,
      vaultUri: `https://${vault.name}.${endpoints.vaultSuffix}/`,
      provisioningState,
      publicNetworkAccess: access.publicNetworkAccess,
    },
  };
}

export function renderAccessPolicy(policy: AccessPolicy): object {
  return {
    tenantId: policy.tenantId,
    objectId: policy.objectId,
    applicationId: policy.applicationId,
    permissions: policy.permissions,
  };
}

function deletedVaultId(vault: Vault): string {
  return `/subscriptions/${vault.subscriptionId}/providers/Microsoft.KeyVault/locations/${vault.location}/deletedVaults/${vault.name}`;
}

export function renderDeletedVault(vault: Vault): object {
  return {
    id: deletedVaultId(vault),
    name: vault.name,
    type: "Microsoft.KeyVault/deletedVaults",
    properties: {
      vaultId: vault.id,
      location: vault.location,
      tags: vault.tags,
      deletionDate: vault.deletion && toSeconds(vault.deletion.deletedAtMs),
      scheduledPurgeDate: vault.deletion && toSeconds(vault.deletion.scheduledPurgeAtMs),
      purgeProtectionEnabled: vault.purgeProtectionEnabled ? true : undefined,
    },
  };
}

function renderSystemData(provenance: Provenance): object {
  return {
    createdBy: provenance.createdBy,
    createdByType: writerType(provenance.createdBy),
    createdAt: new Date(provenance.createdAtMs).toISOString(),
    lastModifiedBy: provenance.lastModifiedBy,
    lastModifiedByType: writerType(provenance.lastModifiedBy),
    lastModifiedAt: new Date(provenance.lastModifiedAtMs).toISOString(),
  };
}

/** Users are written by sign-in name, applications by id. */
function writerType(name: string): "User" | "Application" {
  return name.includes("@") ? "User" : "Application";
}

/** `2022-04-07T07:20:50Z` */
function toSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
