import { changeAccess } from "../../core/access-history.ts";
import { DAY_MS } from "../../core/duration.ts";
import type { EpochMs, Provenance, Tags, Vault, VaultAccess } from "../../core/model.ts";
import { ArmError, badRequest } from "../arm-error.ts";
import { parseAccessPolicies } from "./access-policies.ts";
import { oneOf, parseNetworkAcls, parsePublicNetworkAccess } from "./network-acls.ts";
import type { VaultProperties } from "./vault-schema.ts";

const RETENTION_DAYS = { minimum: 7, maximum: 90, standard: 90 };

export type VaultIdentity = Pick<
  Vault,
  "id" | "name" | "subscriptionId" | "resourceGroup" | "location"
>;

/**
 * A new vault from a PUT.
 *
 * @param rbacByDefault - whether a vault that does not say so has Azure RBAC.
 * @throws ArmError 400 for the service's refusals.
 */
export function decideNewVault(
  identity: VaultIdentity,
  properties: VaultProperties,
  tags: Tags,
  provenance: Provenance,
  rbacByDefault: boolean,
): Vault {
  const { tenantId } = properties;
  if (!tenantId) throw badRequest("The parameter tenantId is not specified.");
  if (!properties.sku) throw badRequest("The parameter sku is not specified.");
  const rbacAuthorization = properties.enableRbacAuthorization ?? rbacByDefault;
  if (!properties.accessPolicies && !rbacAuthorization)
    throw badRequest("The parameter accessPolicies is not specified.");
  const softDeleteEnabled = properties.enableSoftDelete ?? true;
  const retentionDays = properties.softDeleteRetentionInDays ?? RETENTION_DAYS.standard;
  checkRetention(retentionDays);
  return {
    ...identity,
    tags,
    sku: parseSku(properties.sku),
    softDeleteEnabled,
    softDeleteRetentionDays: retentionDays,
    purgeProtectionEnabled: decidePurgeProtection(
      properties.enablePurgeProtection,
      false,
      softDeleteEnabled,
    ),
    enabledForDeployment: properties.enabledForDeployment ?? false,
    enabledForDiskEncryption: properties.enabledForDiskEncryption ?? false,
    enabledForTemplateDeployment: properties.enabledForTemplateDeployment ?? false,
    access: {
      tenantId,
      rbacAuthorization,
      accessPolicies: parseAccessPolicies(properties.accessPolicies ?? [], tenantId),
      networkAcls: parseNetworkAcls(properties.networkAcls),
      publicNetworkAccess: parsePublicNetworkAccess(properties.publicNetworkAccess ?? "Enabled"),
    },
    accessHistory: [],
    provenance,
  };
}

/**
 * A PUT or PATCH over an existing vault: members that a request does not name stay. The one-way
 * rules of soft delete and purge protection apply to both.
 *
 * @throws ArmError 400 for the service's refusals.
 */
export function decideChangedVault(
  vault: Vault,
  properties: VaultProperties,
  tags: Tags | undefined,
  provenance: Provenance,
  nowMs: EpochMs,
): Vault {
  const softDeleteEnabled = properties.enableSoftDelete ?? vault.softDeleteEnabled;
  if (vault.softDeleteEnabled && !softDeleteEnabled)
    throw badRequest(
      "The property \"enableSoftDelete\" can be set to false only for creating new vault. Enabling the 'soft delete' functionality is an irreversible action.",
    );
  const retentionDays = properties.softDeleteRetentionInDays ?? vault.softDeleteRetentionDays;
  checkRetention(retentionDays);
  if (retentionDays !== vault.softDeleteRetentionDays)
    throw badRequest(
      'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
    );
  const changed: Vault = {
    ...vault,
    tags: tags ?? vault.tags,
    sku: properties.sku ? parseSku(properties.sku) : vault.sku,
    softDeleteEnabled,
    purgeProtectionEnabled: decidePurgeProtection(
      properties.enablePurgeProtection,
      vault.purgeProtectionEnabled,
      softDeleteEnabled,
    ),
    enabledForDeployment: properties.enabledForDeployment ?? vault.enabledForDeployment,
    enabledForDiskEncryption: properties.enabledForDiskEncryption ?? vault.enabledForDiskEncryption,
    enabledForTemplateDeployment:
      properties.enabledForTemplateDeployment ?? vault.enabledForTemplateDeployment,
    provenance,
  };
  const access = decideAccess(vault.access, properties);
  return isSameAccess(access, vault.access) ? changed : changeAccess(changed, access, nowMs);
}

function decideAccess(access: VaultAccess, properties: VaultProperties): VaultAccess {
  const tenantId = properties.tenantId ?? access.tenantId;
  // A new tenant with the old policies is refused: they name principals of the old one.
  const accessPolicies = parseAccessPolicies(
    properties.accessPolicies ?? access.accessPolicies,
    tenantId,
  );
  return {
    tenantId,
    rbacAuthorization: properties.enableRbacAuthorization ?? access.rbacAuthorization,
    accessPolicies,
    networkAcls: properties.networkAcls
      ? parseNetworkAcls(properties.networkAcls)
      : access.networkAcls,
    publicNetworkAccess: properties.publicNetworkAccess
      ? parsePublicNetworkAccess(properties.publicNetworkAccess)
      : access.publicNetworkAccess,
  };
}

function isSameAccess(a: VaultAccess, b: VaultAccess): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function parseSku(sku: { family: string; name: string }): Vault["sku"] {
  oneOf("sku.family", sku.family, ["A"]);
  return oneOf("sku.name", sku.name, ["standard", "premium"]);
}

function checkRetention(days: number): void {
  if (days >= RETENTION_DAYS.minimum && days <= RETENTION_DAYS.maximum) return;
  throw badRequest(
    `The property "softDeleteRetentionInDays" must be between ${RETENTION_DAYS.minimum} and ${RETENTION_DAYS.maximum} days.`,
  );
}

function decidePurgeProtection(
  requested: boolean | null | undefined,
  current: boolean,
  softDeleteEnabled: boolean,
): boolean {
  if (requested === false)
    throw badRequest(
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  if (requested === true && !softDeleteEnabled)
    throw badRequest(
      'The property "enablePurgeProtection" can be set to true only when "enableSoftDelete" is true.',
    );
  return current || requested === true;
}

/** A deletion of a vault whose soft delete is on. */
export function decideDeletedVault(vault: Vault, nowMs: EpochMs): Vault {
  return {
    ...vault,
    deletion: {
      deletedAtMs: nowMs,
      scheduledPurgeAtMs: nowMs + vault.softDeleteRetentionDays * DAY_MS,
    },
  };
}

/**
 * A recovery restores everything that was deleted, access policies included (role assignments went
 * with the deletion).
 */
export function decideRecoveredVault(vault: Vault, provenance: Provenance): Vault {
  const { deletion: _, ...recovered } = vault;
  return { ...recovered, provenance };
}

/** @throws ArmError 400: a protected vault waits for its scheduled purge. */
export function checkPurgeAllowed(vault: Vault): void {
  if (!vault.purgeProtectionEnabled) return;
  throw new ArmError(
    400,
    "MethodNotAllowed",
    `Operation "DeletedVaultPurge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed. Vault: ${vault.name};location=${vault.location}`,
  );
}
