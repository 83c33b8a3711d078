import type { Key, KeyVersion, Vault, VaultAccess } from "../src/core/model.ts";

/** Complete plain records for tests; override the members that the test is about. */
export function testAccess(facts: Partial<VaultAccess> = {}): VaultAccess {
  return {
    tenantId: "tenant",
    rbacAuthorization: false,
    accessPolicies: [],
    networkAcls: {
      bypass: "AzureServices",
      defaultAction: "Allow",
      ipRules: [],
      virtualNetworkRules: [],
    },
    publicNetworkAccess: "Enabled",
    ...facts,
  };
}

export function testVault(facts: Partial<Vault> = {}): Vault {
  return {
    id: "/subscriptions/s/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V",
    name: "V",
    subscriptionId: "s",
    resourceGroup: "G",
    location: "westus",
    tags: {},
    sku: "standard",
    softDeleteEnabled: true,
    softDeleteRetentionDays: 90,
    purgeProtectionEnabled: false,
    enabledForDeployment: false,
    enabledForDiskEncryption: false,
    enabledForTemplateDeployment: false,
    access: testAccess(),
    accessHistory: [],
    provenance: { createdBy: "o", createdAtMs: 0, lastModifiedBy: "o", lastModifiedAtMs: 0 },
    ...facts,
  };
}

export function testVersion(facts: Partial<KeyVersion> = {}): KeyVersion {
  return {
    version: "0".repeat(32),
    jwk: { kty: "RSA", n: "A".repeat(342), e: "AQAB" },
    keyOperations: ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
    enabled: true,
    createdAtMs: 0,
    updatedAtMs: 0,
    exportable: false,
    ...facts,
  };
}

export function testKey(facts: Partial<Key> = {}): Key {
  return {
    vaultName: "V",
    name: "k",
    versions: [testVersion()],
    lifecycle: { kind: "live" },
    ...facts,
  };
}
