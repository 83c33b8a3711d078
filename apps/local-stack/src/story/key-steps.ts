import { POLL, type CustomerContext, timed } from "./story-context.ts";

const ADMINISTRATOR_PERMISSIONS = [
  "get",
  "list",
  "create",
  "update",
  "rotate",
  "delete",
  "recover",
];
const ORDER_PERMISSIONS = ["get", "wrapKey", "unwrapKey"];

export type CustomerKey = {
  readonly vaultName: string;
  readonly vaultId: string;
  readonly name: string;
  readonly version: string;
  readonly kid: string;
  setEnabled(enabled: boolean): Promise<void>;
  grant(principalId: string): Promise<void>;
  revoke(principalId: string): Promise<void>;
};

/** The customer's vault, soft delete and purge protection on, and an RSA key in it. */
export function createVaultAndKey(
  context: CustomerContext,
  vaultName: string,
  keySize = 3072,
): Promise<CustomerKey> {
  const { stack, customer, report } = context;
  return timed(
    report,
    async () => {
      const vault = await customer.vaults.vaults.beginCreateOrUpdateAndWait(
        stack.resourceGroup,
        vaultName,
        {
          location: stack.location,
          properties: {
            tenantId: stack.tenantId,
            sku: { family: "A", name: "standard" },
            enableRbacAuthorization: false,
            enablePurgeProtection: true,
            softDeleteRetentionInDays: 7,
            accessPolicies: [
              {
                tenantId: stack.tenantId,
                objectId: context.customerObjectId,
                permissions: { keys: ADMINISTRATOR_PERMISSIONS },
              },
            ],
          },
        },
        POLL,
      );
      const keys = customer.keys(`https://${vaultName}.${stack.vaultSuffix}`);
      const key = await keys.createRsaKey("unlock", { keySize });
      const version = key.properties.version;
      if (vault.id === undefined || key.id === undefined || version === undefined) {
        throw new Error("the new vault or key has no id");
      }
      const changePolicy = async (operation: "add" | "remove", principalId: string) => {
        await customer.vaults.vaults.updateAccessPolicy(stack.resourceGroup, vaultName, operation, {
          properties: {
            accessPolicies: [
              {
                tenantId: stack.tenantId,
                objectId: principalId,
                permissions: { keys: ORDER_PERMISSIONS },
              },
            ],
          },
        });
      };
      return {
        vaultName,
        vaultId: vault.id,
        name: key.name,
        version,
        kid: key.id,
        setEnabled: async (enabled: boolean) => {
          await keys.updateKeyProperties(key.name, version, { enabled });
        },
        grant: (principalId: string) => changePolicy("add", principalId),
        revoke: (principalId: string) => changePolicy("remove", principalId),
      };
    },
    (key) => ({
      event: "step",
      step: "Vault and key",
      detail: `${key.vaultName}, RSA ${String(keySize)} key "${key.name}"`,
    }),
  );
}
