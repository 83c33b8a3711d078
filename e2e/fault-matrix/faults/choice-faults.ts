import type { Fault, FaultContext } from "../fault.ts";
import { KEY_NAME } from "../world/site.ts";

const refused = { class: "refused" } as const;
const invalid = { class: "invalid", site: "policies", shownBy: ["validate", "change"] } as const;
const nothing = () => Promise.resolve();
const TOO_MANY = 11;

/**
 * The customer's choice is impossible: found before anything changes, so that unlocks continue as
 * before.
 */
export const CHOICE_FAULTS: readonly Fault[] = [
  urlFault("has another scheme than https", "SsemUserErrorKeyVaultUrlWithInvalidScheme", (url) =>
    url.replace("https:", "http:"),
  ),
  urlFault("is not the URL of a key", "SsemUserErrorInvalidKeyVaultUrl", (url) =>
    url.replace("/keys/", "/secrets/"),
  ),
  urlFault("names a host that is not a vault", "SsemUserErrorKeyVaultUrlInvalidHost", (url) =>
    url.replace(/\/\/[^/]+/, "//vault.example"),
  ),
  {
    row: 29,
    name: "the vault has no purge protection",
    code: "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled",
    reason: "purge-protection",
    ...invalid,
    who: "security-administrator",
    make: (context) => makeVault(context, "kv-purgeable", {}),
    cure: nothing,
    asks: (context) => keyOf(context, "kv-purgeable"),
  },
  {
    row: 29,
    name: "the vault has no soft delete",
    code: "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled",
    reason: "soft-delete",
    ...invalid,
    who: "security-administrator",
    make: (context) => makeVault(context, "kv-careless", { enableSoftDelete: false }),
    cure: nothing,
    asks: (context) => keyOf(context, "kv-careless"),
  },
  {
    row: 30,
    name: "the order is given too many identities",
    code: "SsemUserErrorUserAssignedLimitReached",
    ...invalid,
    shownBy: ["change"],
    who: "order-owner",
    make: nothing,
    cure: nothing,
    asksIdentity: ({ world }) => ({
      type: "SystemAssigned,UserAssigned",
      userAssignedIdentities: Object.fromEntries(
        Array.from({ length: TOO_MANY }, (_, index) => [
          `${groupOf(world)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity-${String(index)}`,
          {},
        ]),
      ),
    }),
  },
  {
    row: 25,
    name: "the order is given an identity that does not exist",
    code: "SsemUserErrorKekUserIdentityNotFound",
    reason: "not-found",
    ...refused,
    site: "policies",
    shownBy: ["change"],
    who: "order-owner",
    make: nothing,
    cure: nothing,
    asksIdentity: ({ world }) => ({
      type: "SystemAssigned,UserAssigned",
      userAssignedIdentities: {
        [`${groupOf(world)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody`]: {},
      },
    }),
  },
  {
    name: "the key is an elliptic curve's",
    code: "SsemUserErrorEncryptionKeyTypeNotSupported",
    reason: "key-type",
    ...invalid,
    who: "security-administrator",
    make: async ({ site }) => {
      await site.keys.createEcKey("curve");
    },
    cure: nothing,
    asks: ({ site }) => ({ kekUrl: site.kid.replace(/\/keys\/.*/, "/keys/curve") }),
  },
  {
    name: "the vault is in another region than the storage accounts",
    code: "KeyVaultRegionMismatch",
    ...invalid,
    who: "security-administrator",
    make: (context) =>
      makeVault(context, "kv-elsewhere", { enablePurgeProtection: true }, "eastus"),
    cure: nothing,
    asks: (context) => keyOf(context, "kv-elsewhere"),
  },
  {
    name: "the key is in another vault than the resource id names",
    code: "KeyVaultDetailsMismatch",
    ...invalid,
    who: "order-owner",
    make: nothing,
    cure: nothing,
    asks: ({ site }) => ({ kekVaultResourceID: `${site.vaultId}-other` }),
  },
  {
    name: "the order is to go back to the service's key",
    code: "KeyEncryptionKeyRevertForbidden",
    ...refused,
    site: "policies",
    shownBy: ["change"],
    who: "broker-operator",
    make: nothing,
    cure: nothing,
    asks: () => ({ kekType: "MicrosoftManaged" }),
  },
];

function urlFault(what: string, code: Fault["code"], spoil: (url: string) => string): Fault {
  return {
    row: 28,
    name: `the key's URL ${what}`,
    code,
    ...invalid,
    who: "order-owner",
    make: nothing,
    cure: nothing,
    asks: ({ site }) => ({ kekUrl: spoil(site.kid) }),
  };
}

/** A vault with a key that the order's identity may use. */
async function makeVault(
  { world, site }: FaultContext,
  name: string,
  properties: object,
  location = world.stack.description.location,
): Promise<void> {
  const { tenantId } = world.stack.description;
  const policy = (objectId: string) => ({ tenantId, objectId, permissions: { keys: ["all"] } });
  await world.manage("PUT", `${vaultIdOf(world, name)}?api-version=2026-02-01`, {
    location,
    properties: {
      tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: false,
      accessPolicies: [policy(world.customerObjectId), policy(site.principalId())],
      ...properties,
    },
  });
  await keysOf(world, name).createRsaKey(KEY_NAME, { keySize: 2048 });
}

function keyOf({ world }: FaultContext, vaultName: string): object {
  const { vaultSuffix } = world.stack.description;
  return {
    kekUrl: `https://${vaultName}.${vaultSuffix}/keys/${KEY_NAME}`,
    kekVaultResourceID: vaultIdOf(world, vaultName),
  };
}

const keysOf = (world: FaultContext["world"], vaultName: string) =>
  world.customer.keys(`https://${vaultName}.${world.stack.description.vaultSuffix}`);
const vaultIdOf = (world: FaultContext["world"], vaultName: string) =>
  `${groupOf(world)}/providers/Microsoft.KeyVault/vaults/${vaultName}`;

function groupOf({ stack }: FaultContext["world"]): string {
  const { subscriptionId, resourceGroup } = stack.description;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}
