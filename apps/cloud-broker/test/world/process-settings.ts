import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { AzureEmulator } from "@databox-cmk/azure-emulator";

import { TLS } from "./open-listener.ts";

/** Settings of a broker that reads its files from this folder. Its certificate is written there. */
export function settingsOfFolder(folder: string) {
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    BROKER_PORT: "0",
    BROKER_TLS_CERTIFICATE_FILE: write("tls.pem", TLS.server.certificate),
    BROKER_TLS_KEY_FILE: write("tls-key.pem", TLS.server.privateKey),
    BROKER_DATA_DIR: join(folder, "data"),
    EXTRA_CA_FILE: write("ca.pem", TLS.authority.certificatePem),
    LOG_LEVEL: "silent",
  };
}

/** Settings of a broker whose Azure is the emulator. */
export function settingsOfEmulator(emulator: AzureEmulator, serviceVault: string) {
  const { subscriptionId, resourceGroup, vaultSuffix, dns } = emulator;
  return {
    ARM_URL: emulator.armUrl,
    ENTRA_AUTHORITY: emulator.authorityUrl,
    GRAPH_URL: emulator.authorityUrl,
    TENANT_ID: emulator.tenantId,
    KEY_VAULT_SUFFIXES: vaultSuffix,
    SERVICE_KEY_URL: `https://${serviceVault}.${vaultSuffix}/keys/service`,
    IDENTITY_RESOURCE_GROUP: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`,
    DNS_SERVER: `${dns.address}:${String(dns.port)}`,
  };
}
