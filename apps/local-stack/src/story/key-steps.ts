import { assignRole, type KEY_ROLES } from "../azure/assign-role.ts";
import { createVault } from "../azure/create-vault.ts";
import { type CustomerContext, step } from "./story-context.ts";

export type CustomerKey = {
  readonly vaultName: string;
  readonly vaultId: string;
  readonly name: string;
  readonly version: string;
  readonly kid: string;
  setEnabled(enabled: boolean): Promise<void>;
  expireOn(date: Date): Promise<void>;
  grant(principalId: string): Promise<void>;
  revoke(principalId: string): Promise<void>;
};

/** The customer's vault, soft delete and purge protection on, and an RSA key in it. */
export function createVaultAndKey(
  context: CustomerContext,
  vaultName: string,
  keySize = 3072,
): Promise<CustomerKey> {
  const { stack, customer } = context;
  const detail = (key: CustomerKey) => `${key.vaultName}, RSA ${String(keySize)} key "${key.name}"`;
  return step(context, "Vault and key", detail, async () => {
    const vaultId = await createVault(customer, stack, stack.resourceGroup, vaultName);
    const assign = (role: keyof typeof KEY_ROLES, id: string) =>
      assignRole(customer, vaultId, role, { id, type: "ServicePrincipal" });
    await assign("cryptoOfficer", context.customerObjectId);
    const keys = customer.keys(`https://${vaultName}.${stack.vaultSuffix}`);
    const { id: kid, name, properties } = await keys.createRsaKey("unlock", { keySize });
    const { version } = properties;
    if (kid === undefined || version === undefined) throw new Error("the new key has no id");
    const grants = new Map<string, () => Promise<void>>();
    return {
      vaultName,
      vaultId,
      name,
      version,
      kid,
      setEnabled: async (enabled: boolean) => {
        await keys.updateKeyProperties(name, version, { enabled });
      },
      expireOn: async (expiresOn: Date) => {
        await keys.updateKeyProperties(name, version, { expiresOn });
      },
      grant: async (principalId: string) => {
        if (grants.has(principalId)) return;
        grants.set(principalId, await assign("cryptoServiceEncryptionUser", principalId));
      },
      revoke: async (principalId: string) => {
        await grants.get(principalId)?.();
        grants.delete(principalId);
      },
    };
  });
}
