import type { Fault } from "../fault.ts";
import {
  assignRole,
  changePolicy,
  CRYPTO_SERVICE_ENCRYPTION_USER,
  KEY_NAME,
  roleAssignment,
} from "../world/site.ts";

const refusal = (reason: string) =>
  ({
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason,
    class: "refused",
    who: "security-administrator",
    shownBy: ["validate", "credentials", "unlock"],
  }) as const;
/** The address from which callers of the emulator seem to come. */
const BROKER_ADDRESS = "203.0.113.10";
const orderPath = (orderId: string, action: string) =>
  `${orderId}/${action}?api-version=2022-12-01`;
const vaultPath = (vaultId: string) => `${vaultId}?api-version=2026-02-01`;

/** The vault denies access, in whole or for this use. */
export const ACCESS_FAULTS: readonly Fault[] = [
  {
    row: 8,
    name: "the access policy is removed",
    ...refusal("access-policy"),
    site: "policies",
    make: ({ world, site }) => changePolicy(world, site, "remove", site.principalId()),
    cure: ({ world, site }) => changePolicy(world, site, "add", site.principalId()),
  },
  {
    row: 9,
    name: "the role assignment is removed",
    ...refusal("role"),
    site: "roles",
    make: async ({ world, site }) => {
      await world.manage("DELETE", roleAssignment(site.vaultId, site.principalId()));
    },
    cure: ({ world, site }) =>
      assignRole(world, site.vaultId, site.principalId(), CRYPTO_SERVICE_ENCRYPTION_USER),
  },
  {
    row: 10,
    name: "the firewall does not admit the broker",
    ...refusal("firewall"),
    site: "policies",
    make: async ({ world, site }) => {
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: { networkAcls: { bypass: "None", defaultAction: "Deny" } },
      });
    },
    cure: async ({ world, site }) => {
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: {
          networkAcls: {
            bypass: "AzureServices",
            defaultAction: "Deny",
            ipRules: [{ value: BROKER_ADDRESS }],
          },
        },
      });
    },
  },
  {
    row: 11,
    name: "public network access is disabled",
    ...refusal("public-access-disabled"),
    site: "policies",
    make: async ({ world, site }) => {
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: { publicNetworkAccess: "Disabled" },
      });
    },
    cure: async ({ world, site }) => {
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: { publicNetworkAccess: "Enabled" },
      });
    },
  },
  {
    row: 12,
    name: "the key does not permit wrapping",
    ...refusal("key-operation"),
    site: "policies",
    make: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { keyOps: ["sign", "verify"] });
    },
    cure: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, {
        keyOps: ["wrapKey", "unwrapKey"],
      });
    },
  },
  {
    name: "unlocking is switched off by the order's owner",
    code: "UnlockRevoked",
    class: "refused",
    who: "security-administrator",
    site: "agent",
    shownBy: ["unlock"],
    make: async ({ world, site }) => {
      await world.manage("POST", orderPath(site.order.id, "revoke"), { reason: "stolen" });
    },
    cure: async ({ world, site }) => {
      await world.manage("POST", orderPath(site.order.id, "restoreAccess"), {});
    },
  },
];
