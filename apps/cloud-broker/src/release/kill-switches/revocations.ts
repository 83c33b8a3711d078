import { randomUUID } from "node:crypto";

import { expressionBuilder, type ExpressionBuilder, sql } from "kysely";

import { renderFailureJson } from "../../core/failure-json.ts";
import { type EpochMs, idsBelow, type OrderId, subscriptionOf } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { awaitLeaseWrites } from "../../store/await-lease-writes.ts";
import type { RestoreRecord } from "../../store/restore-record.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";

/** The scope of a kill switch. Order ids and subscription ids in lower case. */
export type RevocationScope =
  | { readonly kind: "order"; readonly order: OrderId }
  | { readonly kind: "node"; readonly order: OrderId; readonly serial: string }
  | { readonly kind: "subscription"; readonly subscriptionId: string }
  | { readonly kind: "fleet" };
/** The owner of the switch: only the owner can turn it off. */
export type RevocationOrigin = "customer" | "operator";

/** The scopes over a node, or over an order with all its nodes: from the first to the last one. */
export type CoveringScopes = {
  readonly order: OrderId;
  readonly subscription: string;
  readonly fleet: string;
} & ({ readonly node: string } | { readonly firstNode: string; readonly lastNode: string });

/** @param serial - undefined: all nodes of the order, whose secrets are shown together */
export const coveringScopes = (order: OrderId, serial: string | undefined): CoveringScopes => ({
  order,
  subscription: subscriptionOf(order),
  fleet: FLEET,
  // A node's scope is the order's id, a space and the serial ("!" follows the space).
  ...(serial === undefined
    ? { firstNode: nodeScope(order, ""), lastNode: `${order}!` }
    : { node: nodeScope(order, serial) }),
});

/** The switches that were ever activated over it: rows are turned off, never deleted. */
const switchesOver = ({ order, subscription, fleet, ...nodes }: CoveringScopes) =>
  expressionBuilder<BrokerTables>()
    .selectFrom("revocations")
    .where((row) => {
      const whole = [order, subscription, fleet];
      return "node" in nodes
        ? row("revocations.scope", "in", [nodes.node, ...whole])
        : row.or([
            row("revocations.scope", "in", whole),
            row.between("revocations.scope", nodes.firstNode, nodes.lastNode),
          ]);
    });

/**
 * One column of a larger statement: kind and origin of an active switch, or null. The customer's
 * own comes first.
 */
export const standingSwitch = (scopes: CoveringScopes) =>
  switchesOver(scopes)
    .where("revocations.lifted_at_ms", "is", null)
    .select(
      sql<string>`${sql.ref("revocations.kind")} || ' ' || ${sql.ref("revocations.origin")}`.as(
        "standing",
      ),
    )
    .orderBy("revocations.origin")
    .limit(1)
    .as("revocation");

/**
 * Another column: how many there were. Whether one was activated since a request began is a
 * comparison of two counts, whatever the replicas' clocks say.
 */
export const countedSwitches = (scopes: CoveringScopes) =>
  switchesOver(scopes)
    .select((revocation) => revocation.fn.countAll<number>().as("count"))
    .as("switches");

/** @param standing - the column of the active switch, if there is one */
export const revocationOf = (standing: string | null | undefined): Failure | undefined => {
  if (typeof standing !== "string") return undefined;
  const [kind = "", origin] = standing.split(" ");
  return failureOfSwitch(kind, origin);
};

/** Only the owner of a switch can turn it off. */
export const failureOfSwitch = (scope: string, origin: string | undefined): Failure => ({
  code: "UnlockRevoked",
  reason: origin === "operator" ? origin : undefined,
  facts: { scope },
});

/** How many switches there ever were over a node, or over any node of the order. */
export async function countSwitches(
  store: Store,
  order: OrderId,
  serial: string | undefined,
): Promise<number> {
  const counted = countedSwitches(coveringScopes(order, serial));
  return (await store.selectNoFrom([counted]).executeTakeFirst())?.switches ?? 0;
}

export const isOfAnyNode = (row: ExpressionBuilder<BrokerTables, "revocations">, order: OrderId) =>
  row.and([row("scope", ">", `${order} `), row("scope", "<", `${order}!`)]);

/** The scopes that cover a whole order. */
export function scopesOver(order: OrderId): readonly string[] {
  return [order, subscriptionOf(order), FLEET];
}

/**
 * Activates the switch and refuses, in the same transaction, every lease that it covers. A grant
 * that is being committed is either among them, or sees the switch
 * (release/unlock/commit-grant.ts).
 *
 * @param transaction - by `runLocking`, so that it sees all commits until its lock was granted.
 * @returns how many leases
 */
export async function revoke(
  transaction: StoreTransaction,
  scope: RevocationScope,
  origin: RevocationOrigin,
  { reason, by, nowMs }: { readonly reason: string; readonly by: string; readonly nowMs: EpochMs },
): Promise<number> {
  await transaction
    .insertInto("revocations")
    .values({
      id: randomUUID(),
      kind: scope.kind,
      scope: textOf(scope),
      origin,
      reason,
      created_at_ms: nowMs,
      created_by: by,
      lifted_at_ms: null,
      lifted_by: null,
    })
    .execute();
  await awaitLeaseWrites(transaction);
  const refusal = renderFailureJson(failureOfSwitch(scope.kind, origin));
  const refused = await leasesOf(transaction, scope)
    .set({ state: "refused", refusal_json: refusal, refused_at_ms: nowMs })
    .where("state", "=", "live")
    .executeTakeFirst();
  return Number(refused.numUpdatedRows);
}

/** Ids of the active switches of one owner for exactly this scope. */
export async function listStanding(
  store: Store,
  scope: RevocationScope,
  origin: RevocationOrigin,
): Promise<readonly string[]> {
  const rows = await store
    .selectFrom("revocations")
    .select("id")
    .where("lifted_at_ms", "is", null)
    .where("scope", "=", textOf(scope))
    .where("origin", "=", origin)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Prefix of switches that withhold keys which a restored database no longer knows as destroyed. */
export const OF_ERASED = "erased-";

/** Whether one of the switches withholds such keys, which are still there. */
export async function withholdsDestroyed(
  store: Store,
  standing: readonly string[],
): Promise<boolean> {
  const found = await store
    .selectFrom("revocations")
    .innerJoin("envelopes", (join) =>
      join
        .on(sql<boolean>`envelopes.order_id = revocations.scope`)
        // An order that was placed again has newer ones.
        .onRef("envelopes.created_at_ms", "<=", "revocations.created_at_ms"),
    )
    .select("id")
    .where("id", "in", ["", ...standing])
    .where("id", "like", `${OF_ERASED}%`)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Refused leases stay refused: each node unlocks again, and is checked again.
 *
 * @param standing - ids of the switches
 * @returns how many of them were still active
 */
export async function lift(
  transaction: StoreTransaction,
  standing: readonly string[],
  by: string,
  nowMs: EpochMs,
): Promise<number> {
  if (standing.length === 0) return 0;
  const lifted = await transaction
    .updateTable("revocations")
    .set({ lifted_at_ms: nowMs, lifted_by: by })
    .where("lifted_at_ms", "is", null)
    .where("id", "in", standing)
    .executeTakeFirst();
  return Number(lifted.numUpdatedRows);
}

/** Writes the active switches beside the database, and removes those that were turned off. */
export async function rememberSwitches(store: Store, restoreRecord: RestoreRecord): Promise<void> {
  const known = new Set(await restoreRecord.listSwitchIds());
  const rows = await store
    .selectFrom("revocations")
    .select([
      "id",
      "kind",
      "scope",
      "origin",
      "reason",
      "created_at_ms",
      "created_by",
      "lifted_at_ms",
    ])
    .where((row) => row.or([row("lifted_at_ms", "is", null), row("id", "in", ["", ...known])]))
    .execute();
  for (const { lifted_at_ms, ...row } of rows)
    if (lifted_at_ms !== null) await restoreRecord.forgetSwitch(row.id);
    else if (!known.has(row.id)) await restoreRecord.keepSwitch(row);
}

function leasesOf(transaction: StoreTransaction, scope: RevocationScope) {
  const leases = transaction.updateTable("leases");
  switch (scope.kind) {
    case "order":
      return leases.where("order_id", "=", scope.order);
    case "node":
      return leases.where("order_id", "=", scope.order).where("serial", "=", scope.serial);
    case "subscription": {
      const { after, before } = idsBelow(`/subscriptions/${scope.subscriptionId}`);
      return leases.where("order_id", ">", after).where("order_id", "<", before);
    }
    case "fleet":
      return leases.where(sql<boolean>`1 = 1`);
  }
}

export const FLEET = "*";

function textOf(scope: RevocationScope): string {
  switch (scope.kind) {
    case "order":
      return scope.order;
    case "node":
      return nodeScope(scope.order, scope.serial);
    case "subscription":
      return scope.subscriptionId;
    case "fleet":
      return FLEET;
  }
}

/** The scope of one node. */
export function nodeScope(order: OrderId, serial: string): string {
  return `${order} ${serial}`;
}
