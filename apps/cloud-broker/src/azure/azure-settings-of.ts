import { type BrokerConfig, cloudOf } from "../config/config.ts";
import type { AzureSettings } from "./create-azure.ts";

/** The part of the configuration that concerns Azure. */
export const azureSettingsOf = (
  config: BrokerConfig,
  extraCaPem: string | undefined,
): AzureSettings => ({
  armUrl: config.ARM_URL,
  authorityUrl: config.ENTRA_AUTHORITY,
  tenantId: config.TENANT_ID,
  brokerClientId: config.BROKER_CLIENT_ID,
  brokerTokenFile: config.BROKER_IDENTITY_TOKEN_FILE,
  keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
  identityResourceGroupId: config.IDENTITY_RESOURCE_GROUP,
  issuer: config.BROKER_URL,
  cloud: cloudOf(config),
  extraCaPem,
  dnsServer: config.DNS_SERVER,
  vaultOperationsPerSecond: config.VAULT_OPERATIONS_PER_10_SECONDS / 10,
  rewrapShare: config.REWRAP_VAULT_PERCENT / 100,
});
