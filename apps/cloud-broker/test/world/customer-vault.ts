import {
  BROKER_PRINCIPAL,
  createFakeKeyVaults,
  type FakeKeyVaults,
  fakeVaultId,
} from "../azure/fake-key-vaults.ts";
import { SERVICE_KEY } from "./custody-dependencies.ts";
import { TENANT_ID } from "./fake-identities.ts";

export const VAULT_NAME = "kv-one";
export const KEY_NAME = "key1";
/** As recorded: without a version, with a final slash. */
export const KEY_URL = `https://${VAULT_NAME}.vault.test/keys/${KEY_NAME}/`;
export const VAULT = fakeVaultId(VAULT_NAME);
export const CUSTOMER_KEY = {
  kekType: "CustomerManaged",
  kekUrl: KEY_URL,
  kekVaultResourceID: VAULT,
} as const;

export type CustomerVault = {
  readonly vaults: FakeKeyVaults;
  /** The key's only version. */
  readonly kid: string;
};

/** One vault of the customer's with one key, and the service's own. */
export function createCustomerVault(now: () => number): CustomerVault {
  const vaults = createFakeKeyVaults({ now });
  vaults.addVault(SERVICE_KEY.vaultName, { tenantId: TENANT_ID });
  vaults.addKey(SERVICE_KEY.vaultName, SERVICE_KEY.keyName);
  vaults.grant(SERVICE_KEY.vaultName, BROKER_PRINCIPAL);
  vaults.addVault(VAULT_NAME, { tenantId: TENANT_ID });
  return { vaults, kid: vaults.addKey(VAULT_NAME, KEY_NAME) };
}
