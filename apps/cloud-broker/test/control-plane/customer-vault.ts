import { BROKER_PRINCIPAL, createFakeKeyVaults, type FakeKeyVaults } from "@databox-cmk/testkit";

import type { AppendAudit } from "../../src/audit/append-audit.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import type { KeyCustody } from "../../src/custody/key-custody.ts";
import type { Store } from "../../src/store/store.ts";
import { TENANT_ID } from "./fake-identities.ts";

export const VAULT_NAME = "kv-one";
export const KEY_NAME = "key1";
/** As recorded: without a version, with a final slash. */
export const KEY_URL = `https://${VAULT_NAME}.vault.test/keys/${KEY_NAME}/`;
export const VAULT = `/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${VAULT_NAME}`;
export const CUSTOMER_KEY = {
  kekType: "CustomerManaged",
  kekUrl: KEY_URL,
  kekVaultResourceID: VAULT,
} as const;

export type CustomerVault = {
  readonly vaults: FakeKeyVaults;
  /** The key's only version. */
  readonly kid: string;
  custody(store: Store, appendAudit: AppendAudit, now: () => number): KeyCustody;
};

/** One vault of the customer's with one key, and the service's own. */
export function createCustomerVault(now: () => number): CustomerVault {
  const vaults = createFakeKeyVaults({ now });
  vaults.addVault("kv-service", { tenantId: TENANT_ID });
  vaults.addKey("kv-service", "mmk");
  vaults.grant("kv-service", BROKER_PRINCIPAL);
  vaults.addVault(VAULT_NAME, { tenantId: TENANT_ID });
  const kid = vaults.addKey(VAULT_NAME, KEY_NAME);
  return {
    vaults,
    kid,
    custody: (store, appendAudit, clock) =>
      createKeyCustody({
        store,
        vaults: vaults.port,
        resources: vaults.resources,
        appendAudit,
        now: clock,
        serviceKey: {
          vaultUrl: "https://kv-service.vault.test",
          vaultName: "kv-service",
          keyName: "mmk",
        },
        backupAfterSeconds: 900,
        keyVaultSuffixes: ["vault.test"],
      }),
  };
}
