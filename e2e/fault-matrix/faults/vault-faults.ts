import type { Fault, FaultContext } from "../fault.ts";
import { observeValidation } from "../observation.ts";
import { changePolicy } from "../world/site.ts";
import { answer, clear, vaultAnswers } from "./shorthand.ts";

const EVERYWHERE = ["validate", "credentials", "unlock"] as const;
const OTHER_TENANT = "99999999-9999-4999-8999-999999999999";
const vaultPath = (vaultId: string) => `${vaultId}?api-version=2026-02-01`;
const missing = (reason: string) =>
  ({
    code: "SsemUserErrorKeyVaultDetailsNotFound",
    reason,
    class: "refused",
    who: "security-administrator",
    shownBy: EVERYWHERE,
  }) as const;
const unreachable = (reason: string) =>
  ({
    code: "KeyVaultUnreachable",
    reason,
    class: "unreachable",
    who: "nobody",
    shownBy: EVERYWHERE,
  }) as const;

/** The vault is gone, has another tenant, or does not answer. */
export const VAULT_FAULTS: readonly Fault[] = [
  {
    row: 16,
    name: "the vault is deleted and recoverable",
    ...missing("vault-deleted-recoverable"),
    site: "policies",
    make: ({ world, site }) => deleteVault({ world, site }),
    cure: ({ world, site }) => recoverVault({ world, site }),
  },
  {
    row: 16,
    name: "the vault is purged",
    ...missing("vault-not-found"),
    site: "purgedVault",
    make: async ({ world, site }) => {
      await deleteVault({ world, site });
      await world.control("POST", "/clock/advance", { duration: "P8D" });
      // A purge happens at the next read.
      const { subscriptionId } = world.stack.description;
      await world.manage(
        "GET",
        `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/deletedVaults?api-version=2026-02-01`,
      );
      await world.control("DELETE", "/clock");
    },
  },
  {
    row: 17,
    name: "the vault's name is unknown, and Resource Manager cannot be asked",
    ...unreachable("dns"),
    site: "policies",
    by: "broker",
    make: async ({ world, site }) => {
      await loseName({ world, site }, { kind: "dns-answer", rcode: "NXDOMAIN" });
      await world.addFault({ service: "resource-manager" }, answer(503, "ServiceUnavailable"));
    },
    cure: clear,
  },
  {
    row: 17,
    name: "the name server answers SERVFAIL",
    ...unreachable("dns"),
    site: "agent",
    make: (context) => loseName(context, { kind: "dns-answer", rcode: "SERVFAIL" }),
    cure: clear,
  },
  {
    row: 17,
    name: "the name server does not answer",
    ...unreachable("dns"),
    site: "slowName",
    make: (context) => loseName(context, { kind: "dns-timeout" }),
    cure: clear,
  },
  {
    row: 17,
    name: "the vault's connections break",
    ...unreachable("connection"),
    site: "policies",
    make: vaultAnswers({ kind: "connection-reset" }),
    cure: clear,
  },
  {
    row: 17,
    name: "the vault does not answer in time",
    ...unreachable("timeout"),
    site: "slowVault",
    make: vaultAnswers({ kind: "latency", distribution: { kind: "fixed", ms: 11_000 } }),
    cure: clear,
  },
  {
    row: 18,
    name: "the vault's certificate is by a foreign authority",
    code: "KeyVaultUnreachable",
    reason: "certificate",
    class: "unreachable",
    who: "broker-operator",
    site: "policies",
    shownBy: ["validate", "change"],
    make: () => Promise.resolve(),
    cure: () => Promise.resolve(),
    asks: ({ world, site }) => ({
      kekUrl: site.kid.replace(world.stack.description.vaultSuffix, world.hostile.vaultSuffix),
    }),
  },
  {
    row: 19,
    name: "the vault has moved to another tenant",
    ...missing("tenant-moved"),
    site: "policies",
    make: async ({ world, site }) => {
      await world.control("PUT", `/tenants/${OTHER_TENANT}`, { displayName: "Elsewhere" });
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: { tenantId: OTHER_TENANT, accessPolicies: [] },
      });
    },
    cure: async ({ world, site }) => {
      const { tenantId } = world.stack.description;
      await world.manage("PATCH", vaultPath(site.vaultId), {
        properties: {
          tenantId,
          accessPolicies: [
            { tenantId, objectId: world.customerObjectId, permissions: { keys: ["all"] } },
          ],
        },
      });
      await changePolicy(world, site, "add", site.principalId());
    },
  },
  ...(
    [
      ["half a body", { kind: "half-body" }],
      ["a body that is not JSON", { kind: "garbage-body" }],
    ] as const
  ).map(([what, effect]): Fault => ({
    row: 31,
    name: `the vault answers with ${what}`,
    code: "KeyVaultUnexpectedAnswer",
    class: "unreachable",
    who: "broker-operator",
    site: "policies",
    shownBy: EVERYWHERE,
    make: vaultAnswers(effect),
    cure: clear,
  })),
];

/** More than the connections that the broker opens to a vault. */
const TRIES_MAX = 64;

/**
 * The vault's name is no longer answered, and the broker has no connection left that it opened
 * before: an open one needs no name. The name fails first, so that nothing in the background opens
 * another connection meanwhile. Each try then breaks the connection that it takes.
 */
async function loseName({ world, site }: FaultContext, effect: object): Promise<void> {
  const { vaultName: vault, order } = site;
  await world.addFault({ service: "dns", vault }, effect);
  const reset = await world.addFault({ service: "key-vault", vault }, { kind: "connection-reset" });
  for (let tries = 1; ; tries += 1) {
    const { body } = await world.job("POST", `${order.id}/validateKeyEncryptionKey`, {});
    const seen = observeValidation(body, 0);
    if (seen === undefined) throw new Error(`${vault} is used although its connections break`);
    if (seen.reason !== "connection") break;
    if (tries === TRIES_MAX) throw new Error(`${vault} is still reached by an open connection`);
  }
  await world.removeFault(reset);
}

async function deleteVault({ world, site }: FaultContext): Promise<void> {
  const { resourceGroup } = world.stack.description;
  await world.customer.vaults.vaults.delete(resourceGroup, site.vaultName);
}

async function recoverVault({ world, site }: FaultContext): Promise<void> {
  const { tenantId, location } = world.stack.description;
  await world.manage("PUT", vaultPath(site.vaultId), {
    location,
    properties: { tenantId, sku: { family: "A", name: "standard" }, createMode: "recover" },
  });
}
