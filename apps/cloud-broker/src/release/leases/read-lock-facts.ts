import type { LockFacts } from "../../core/lock-state.ts";
import { parseOfflineTerms } from "../../core/offline-terms.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";
import { failureOfSwitch, nodeScope, scopesOver } from "../kill-switches/revocations.ts";

/** The shown part of a node's lease. */
export type HeldLease = NonNullable<LockFacts["lease"]> & {
  readonly id: string;
  readonly purpose: UnlockPurpose;
};
/** A node has at most one lease in these states. */
export const HELD_STATES = ["live", "refused"] as const;
export const HELD_LEASE = [
  "leases.id",
  "leases.purpose",
  "leases.state",
  "leases.granted_at_ms",
  "leases.renewed_at_ms",
  "leases.ttl_seconds",
  "leases.outage_grace_seconds",
  "leases.grace_until_reboot",
  "leases.offline_json",
] as const;
type ColumnOf<Name> = Name extends `leases.${infer Column}` ? Column : never;
export type HeldLeaseRow = Pick<BrokerTables["leases"], ColumnOf<(typeof HELD_LEASE)[number]>>;
export type NodeLock = {
  readonly serial: string;
  readonly ordinal: number;
  readonly deviceKid: string | null;
  readonly facts: LockFacts & { readonly lease?: HeldLease | undefined };
};
/** Active kill switches by their scope, the customer's own first. */
export type StandingSwitches = ReadonlyMap<string, readonly Failure[]>;

/**
 * Nodes of a page of orders with their leases, and kill switches with their person and reason: one
 * query of each kind, for any number of orders.
 */
export async function readLocks(
  store: Store,
  orders: readonly OrderId[],
): Promise<{
  readonly locks: ReadonlyMap<OrderId, readonly NodeLock[]>;
  readonly switches: StandingSwitches;
}> {
  if (orders.length === 0) return { locks: new Map(), switches: new Map() };
  const nodes = await store
    .selectFrom("nodes")
    .leftJoin("sanitisations", ofSameNode("sanitisations", "nodes"))
    .select([
      "nodes.order_id",
      "nodes.serial",
      "nodes.ordinal",
      "nodes.device_kid",
      "nodes.prepared_at_ms",
      "sanitisations.created_at_ms as erased_at_ms",
    ])
    .where("nodes.order_id", "in", orders)
    .orderBy("nodes.order_id")
    .orderBy("nodes.ordinal")
    .execute();
  const leases = await readHeldLeases(store, orders);
  const closed = await readClosings(store, orders);
  const switches = await readStandingSwitches(
    store,
    orders,
    nodes.map((node) => nodeScope(node.order_id, node.serial)),
  );
  const locks = Map.groupBy(
    nodes.map((node) => {
      const order = node.order_id;
      const key = nodeScope(order, node.serial);
      const lease = leases.get(key);
      const closedAtMs = closed.get(key);
      return {
        order,
        serial: node.serial,
        ordinal: node.ordinal,
        deviceKid: node.device_kid,
        facts: {
          isPrepared: node.prepared_at_ms !== null,
          isRevoked: [key, ...scopesOver(order)].some((scope) => switches.has(scope)),
          lease,
          closedAtMs,
          erasedAtMs: node.erased_at_ms ?? undefined,
        },
      };
    }),
    ({ order }) => order,
  );
  return { locks, switches };
}

async function readHeldLeases(
  store: Store,
  orders: readonly OrderId[],
): Promise<ReadonlyMap<string, HeldLease>> {
  const rows = await store
    .selectFrom("leases")
    .select(["order_id", "serial", ...HELD_LEASE])
    .where("order_id", "in", orders)
    .where("state", "in", HELD_STATES)
    .execute();
  return new Map(rows.map((row) => [nodeScope(row.order_id, row.serial), heldLeaseOf(row)]));
}

export function heldLeaseOf(row: HeldLeaseRow): HeldLease {
  const offline = parseOfflineTerms(row.offline_json);
  return {
    id: row.id,
    purpose: row.purpose,
    state: row.state,
    grantedAtMs: row.granted_at_ms,
    renewedAtMs: row.renewed_at_ms,
    ttlSeconds: row.ttl_seconds,
    outageGraceSeconds: row.outage_grace_seconds,
    graceUntilReboot: row.grace_until_reboot === 1,
    offline:
      offline === undefined
        ? undefined
        : offline.kind === "boots"
          ? "boots"
          : { untilMs: offline.untilMs },
  };
}

async function readClosings(
  store: Store,
  orders: readonly OrderId[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await store
    .selectFrom("leases")
    .select(["order_id", "serial"])
    .select((lease) => lease.fn.max("closed_at_ms").as("closed_at_ms"))
    .where("order_id", "in", orders)
    .where("closed_at_ms", "is not", null)
    .groupBy(["order_id", "serial"])
    .execute();
  return new Map(
    rows.flatMap(({ order_id: order, serial, closed_at_ms: closedAtMs }) =>
      closedAtMs === null ? [] : [[nodeScope(order, serial), closedAtMs]],
    ),
  );
}

async function readStandingSwitches(
  store: Store,
  orders: readonly OrderId[],
  nodes: readonly string[],
): Promise<StandingSwitches> {
  const rows = await store
    .selectFrom("revocations")
    .select(["scope", "kind", "origin", "reason", "created_by"])
    .where("lifted_at_ms", "is", null)
    .where("scope", "in", [...new Set([...orders.flatMap((order) => scopesOver(order)), ...nodes])])
    .orderBy("origin")
    .orderBy("created_at_ms")
    .execute();
  return Map.groupBy(
    rows.map(({ scope, kind, origin, reason, created_by: by }) => ({
      at: scope,
      ...failureOfSwitch(kind, origin),
      // The operator's staff are not named to customers.
      detail: origin === "operator" ? reason : `${by}: ${reason}`,
    })),
    ({ at }) => at,
  );
}
