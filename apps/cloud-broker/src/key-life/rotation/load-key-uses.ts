import { parseEnvelope } from "@databox-cmk/crypto";
import { type SelectQueryBuilder, sql } from "kysely";

import type { KeyVersionUse } from "../../core/judge-key-version.ts";
import { type EpochMs, type OrderId, idsBelow } from "../../core/order.ts";
import { isNewest } from "../../custody/stored-envelopes.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";

/**
 * One order with every key that it ever had, or one key over the orders of a subscription, or of
 * all.
 */
export type UseScope =
  | { readonly order: OrderId }
  | { readonly keyAddress: string; readonly subscriptionId?: string };

export type LoadedUse = KeyVersionUse & {
  readonly orderIds: readonly string[];
  readonly canary: boolean;
  readonly sinceMs?: EpochMs | undefined;
  readonly lastUsedMs?: EpochMs | undefined;
};
export type LoadedUses = {
  readonly versions: readonly LoadedUse[];
  readonly devices: { readonly total: number; readonly acknowledged: number };
};

const SHOWN_ORDERS = 20;

/**
 * The known versions from the database, without a vault call, sorted by the time of their first
 * envelope.
 */
export async function loadKeyUses(store: Store, scope: UseScope): Promise<LoadedUses> {
  const [envelopes, leases, passkeys, backups] = await Promise.all([
    countEnvelopes(store, scope),
    countLeases(store, scope),
    countOwnPasskeys(store, scope),
    countBackups(store, scope),
  ]);
  const kids = new Set([...envelopes.map(({ kid }) => kid), ...passkeys.keys(), ...backups.keys()]);
  const canaries = await findCanaries(store, [...kids]);
  const versions = await Promise.all(
    [...kids].map(async (kid): Promise<LoadedUse> => {
      const row = envelopes.find((each) => each.kid === kid);
      const orderIds = await findOrders(store, scope, kid);
      return {
        kid,
        currentEnvelopes: row?.current ?? 0,
        orders: row?.orders ?? 0,
        supersededEnvelopes: (row?.total ?? 0) - (row?.current ?? 0),
        staleDevices: row?.stale ?? 0,
        ownPasskeys: passkeys.get(kid) ?? 0,
        backupOrders: backups.get(kid) ?? 0,
        liveLeases: leases.get(kid) ?? 0,
        orderIds,
        canary: canaries.has(kid),
        sinceMs: row?.since,
        lastUsedMs: row?.used === undefined || row.used === null ? undefined : row.used,
      };
    }),
  );
  return {
    versions: versions.toSorted((one, other) => (one.sinceMs ?? 0) - (other.sinceMs ?? 0)),
    devices: await countDevices(store, scope),
  };
}

/**
 * Envelopes in scope, each with the generation that its device has acknowledged. An enrolled device
 * without a report still holds its first.
 */
function envelopesIn(store: Store, scope: UseScope) {
  const joined = store.selectFrom("envelopes").leftJoin("nodes", ofSameNode("nodes", "envelopes"));
  if ("order" in scope) return joined.where("envelopes.order_id", "=", scope.order);
  // A range instead of LIKE, so that the index is used ("0" follows "/").
  const ofKey = joined
    .where(sql<string>`lower(envelopes.kid)`, ">", `${scope.keyAddress}/`)
    .where(sql<string>`lower(envelopes.kid)`, "<", `${scope.keyAddress}0`);
  if (scope.subscriptionId === undefined) return ofKey;
  const { after, before } = idsBelow(`/subscriptions/${scope.subscriptionId}`);
  return ofKey.where("envelopes.order_id", ">", after).where("envelopes.order_id", "<", before);
}

async function countBackups(store: Store, scope: UseScope): Promise<ReadonlyMap<string, number>> {
  const vaults = store.selectFrom("backup_keys").where("kind", "=", "vault");
  const rows = await backupsIn(vaults, scope)
    .select(["kid", sql<number>`count(*)`.as("orders")])
    .groupBy("kid")
    .execute();
  return new Map(rows.map(({ kid, orders }) => [kid, orders]));
}

function backupsIn(
  backups: SelectQueryBuilder<BrokerTables, "backup_keys", object>,
  scope: UseScope,
) {
  if ("order" in scope) return backups.where("order_id", "=", scope.order);
  const ofKey = backups
    .where(sql<string>`lower(kid)`, ">", `${scope.keyAddress}/`)
    .where(sql<string>`lower(kid)`, "<", `${scope.keyAddress}0`);
  if (scope.subscriptionId === undefined) return ofKey;
  const { after, before } = idsBelow(`/subscriptions/${scope.subscriptionId}`);
  return ofKey.where("order_id", ">", after).where("order_id", "<", before);
}

const isCurrent = sql<boolean>`envelopes.generation = ${isNewest()}`;
const isStale = sql<boolean>`envelopes.generation < ${isNewest()} and nodes.device_kid is not null
  and coalesce(nodes.acknowledged_generation, 1) = envelopes.generation`;

function countEnvelopes(store: Store, scope: UseScope) {
  return envelopesIn(store, scope)
    .select([
      "envelopes.kid",
      sql<number>`count(*)`.as("total"),
      sql<number>`sum(case when ${isCurrent} then 1 else 0 end)`.as("current"),
      sql<number>`count(distinct case when ${isCurrent} then envelopes.order_id end)`.as("orders"),
      sql<number>`sum(case when ${isStale} then 1 else 0 end)`.as("stale"),
      sql<number>`min(envelopes.created_at_ms)`.as("since"),
      sql<number | null>`max((select max(grants.granted_at_ms) from grants
        where grants.order_id = envelopes.order_id and grants.serial = envelopes.serial
          and grants.generation = envelopes.generation))`.as("used"),
    ])
    .groupBy("envelopes.kid")
    .execute();
}

async function findOrders(store: Store, scope: UseScope, kid: string): Promise<readonly string[]> {
  const rows = await envelopesIn(store, scope)
    .select("envelopes.order_id")
    .distinct()
    .where("envelopes.kid", "=", kid)
    .where(isCurrent)
    .orderBy("envelopes.order_id")
    .limit(SHOWN_ORDERS)
    .execute();
  return rows.map((row) => row.order_id);
}

/**
 * A lease depends on the version of its node's newest envelope, which is the one that is probed.
 */
async function countLeases(store: Store, scope: UseScope): Promise<ReadonlyMap<string, number>> {
  const rows = await envelopesIn(store, scope)
    .innerJoin("leases", ofSameNode("leases", "envelopes"))
    .select(["envelopes.kid", sql<number>`count(*)`.as("leases")])
    .where(isCurrent)
    .where("leases.state", "=", "live")
    .groupBy("envelopes.kid")
    .execute();
  return new Map(rows.map(({ kid, leases }) => [kid, leases]));
}

/** Only orders without a prepared appliance have one; its version is in its envelope. */
async function countOwnPasskeys(
  store: Store,
  scope: UseScope,
): Promise<ReadonlyMap<string, number>> {
  const joined = store
    .selectFrom("own_passkeys")
    .innerJoin("order_keys", "order_keys.order_id", "own_passkeys.order_id")
    .innerJoin("orders", "orders.id", "own_passkeys.order_id")
    .select("own_passkeys.envelope_json");
  const wanted =
    "order" in scope
      ? joined.where("own_passkeys.order_id", "=", scope.order)
      : joined
          .where("order_keys.key_address", "=", scope.keyAddress)
          .$if(scope.subscriptionId !== undefined, (query) =>
            query.where("orders.subscription_id", "=", scope.subscriptionId ?? ""),
          );
  const counts = new Map<string, number>();
  for (const { envelope_json: json } of await wanted.execute())
    for (const { kid } of parseEnvelope(json).recipients)
      counts.set(kid, (counts.get(kid) ?? 0) + 1);
  return counts;
}

async function findCanaries(store: Store, kids: readonly string[]): Promise<ReadonlySet<string>> {
  if (kids.length === 0) return new Set();
  const rows = await store
    .selectFrom("canaries")
    .select("kid")
    .where("kid", "in", [...kids])
    .execute();
  return new Set(rows.map(({ kid }) => kid));
}

async function countDevices(store: Store, scope: UseScope): Promise<LoadedUses["devices"]> {
  const row = await envelopesIn(store, scope)
    .select([
      sql<number>`count(*)`.as("total"),
      sql<
        number | null
      >`sum(case when nodes.acknowledged_generation >= envelopes.generation then 1 else 0 end)`.as(
        "acknowledged",
      ),
    ])
    .where(isCurrent)
    .where("nodes.device_kid", "is not", null)
    .executeTakeFirstOrThrow();
  return { total: row.total, acknowledged: row.acknowledged ?? 0 };
}
