import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import { createFakeKeyVaults } from "./fake-key-vaults.ts";
import type { VaultWorld } from "./vault-world.ts";

const PRINCIPAL = "principal-1";
const IDENTITY: KeyIdentity = {
  kind: "order",
  attachment: "system",
  order: orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "contract" }),
  tenantId: "tenant",
  clientId: "client",
  principalId: PRINCIPAL,
};

export async function startFakeWorld(): Promise<VaultWorld> {
  const fake = createFakeKeyVaults({ now: Date.now });
  return {
    ...fake,
    vaults: fake.port,
    identity: IDENTITY,
    keyUrl: (vaultName, keyName, version) => ({
      vaultUrl: `https://${vaultName}.${fake.suffix}`,
      vaultName,
      keyName,
      ...(version !== undefined && { version }),
    }),
    addVault(vault) {
      fake.addVault(vault);
      fake.grant(vault, PRINCIPAL);
    },
    grant: (vault, permissions) => fake.grant(vault, PRINCIPAL, permissions),
    removeIdentity: () => fake.removeIdentity(PRINCIPAL),
    close: () => undefined,
  };
}
