import { createFakeKeyVaults } from "@databox-cmk/testkit";

import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
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
  const nothing = Promise.resolve();
  return {
    vaults: fake.port,
    identity: IDENTITY,
    keyUrl: (vaultName, keyName, version) => ({
      vaultUrl: `https://${vaultName}.${fake.suffix}`,
      vaultName,
      keyName,
      ...(version !== undefined && { version }),
    }),
    addVault: (vault) => {
      fake.addVault(vault);
      fake.grant(vault, PRINCIPAL);
      return nothing;
    },
    addKey: (vault, key) => Promise.resolve(fake.addKey(vault, key)),
    rotate: (vault, key) => Promise.resolve(fake.rotate(vault, key)),
    setEnabled: (kid, enabled) => {
      fake.setEnabled(kid, enabled);
      return nothing;
    },
    setExpiry: (kid, seconds) => {
      fake.setExpiry(kid, seconds);
      return nothing;
    },
    setNotBefore: (kid, seconds) => {
      fake.setNotBefore(kid, seconds);
      return nothing;
    },
    setOperations: (kid, operations) => {
      fake.setOperations(kid, operations);
      return nothing;
    },
    deleteKey: (vault, key) => {
      fake.deleteKey(vault, key);
      return nothing;
    },
    grant: (vault, permissions) => {
      fake.grant(vault, PRINCIPAL, permissions);
      return nothing;
    },
    deleteVault: (vault) => {
      fake.deleteVault(vault);
      return nothing;
    },
    removeIdentity: () => {
      fake.removeIdentity(PRINCIPAL);
      return nothing;
    },
    close: () => nothing,
  };
}
