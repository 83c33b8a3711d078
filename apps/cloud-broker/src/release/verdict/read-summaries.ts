import type { OrderSummaryFilter } from "@databox-cmk/protocol";
import { type ExpressionBuilder, type ExpressionWrapper, sql, type SqlBool } from "kysely";

import { decideLock, type LockState } from "../../core/lock-state.ts";
import { type EpochMs, foldOrderId, type OrderId } from "../../core/order.ts";
import { isTerminalStage, TERMINAL_STAGES } from "../../core/stages.ts";
import { repairOf } from "../../core/verdict.ts";
import { idsIn, type OrderScope } from "../../orders/read-order.ts";
import { jsonMember } from "../../store/json-member.ts";
import type { BrokerTables } from "../../store/schema.ts";
import { engineOf, type Store } from "../../store/store.ts";
import type { NodeLock } from "../leases/read-lock-facts.ts";
import {
  ANYBODY,
  type OrderVerdict,
  readVerdicts,
  type VerdictDependencies,
} from "./read-verdicts.ts";

type SummaryRow = Awaited<ReturnType<typeof selectSummaries>>[number];
export type SummarisedOrder = {
  readonly row: SummaryRow;
  readonly isWatched: boolean;
  readonly nodes: readonly (Pick<NodeLock, "serial"> & {
    readonly lock: LockState;
    readonly sinceMs?: EpochMs | undefined;
  })[];
  readonly found: OrderVerdict;
};
export type SummaryPage = {
  readonly orders: readonly SummarisedOrder[];
  /** Last order that was read, when there may be more. */
  readonly after?: OrderId | undefined;
};

/**
 * A filter that depends on the time is applied after reading: at most this many rows are read for
 * one page.
 */
const LOOKED_AT_MAX = 2_000;
/** The bell asks often. */
const REPAIRS_LOOKED_AT_MAX = 200;
const HEALTH_COLUMNS = {
  Healthy: "healthy",
  AtRisk: "at-risk",
  Unusable: "unusable",
  Unknown: "unknown",
} as const;

/**
 * A page of orders by id. Leases expire without a write, so lock and verdict are decided for each
 * row at the present time.
 */
export async function readSummaryPage(
  deps: VerdictDependencies,
  scope: OrderScope,
  filter: OrderSummaryFilter,
  { after, limit }: { after: OrderId | undefined; limit: number },
): Promise<SummaryPage> {
  const { store } = deps;
  const found: SummarisedOrder[] = [];
  let position = after;
  for (let lookedAt = 0; lookedAt < LOOKED_AT_MAX; lookedAt += limit) {
    const rows = await selectSummaries(store, scope, filter, position, limit);
    const verdicts = await readVerdicts(
      deps,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      position = row.id;
      const verdict = verdicts.get(row.id);
      const order = verdict && summarise(row, verdict, deps.now());
      if (order !== undefined && fits(order, filter)) found.push(order);
      if (found.length === limit) break;
    }
    const isEnd = rows.length < limit && position === rows.at(-1)?.id;
    if (rows.length === 0 || isEnd) return { orders: found };
    if (found.length === limit) break;
  }
  return { orders: found, after: position };
}

/** An order that is not prepared has no nodes with a lock. */
function locksOf({ nodes }: SummarisedOrder): readonly LockState[] {
  return nodes.length === 0 ? ["notPrepared"] : nodes.map(({ lock }) => lock);
}

const fits = (order: SummarisedOrder, { lock, unlock }: OrderSummaryFilter): boolean =>
  (lock === undefined || locksOf(order).includes(lock)) &&
  (unlock === undefined || order.found.verdict.state === unlock);

function summarise(row: SummaryRow, found: OrderVerdict, nowMs: EpochMs): SummarisedOrder {
  return {
    row,
    isWatched: row.kek_type === "CustomerManaged" && !isTerminalStage(row.stage),
    nodes: found.nodes.map(({ serial, facts }) => ({ serial, ...decideLock(facts, nowMs) })),
    found,
  };
}

async function selectSummaries(
  store: Store,
  scope: OrderScope,
  filter: OrderSummaryFilter,
  after: OrderId | undefined,
  limit: number,
) {
  const scoped = idsIn(scope);
  const from = after ?? scoped.after;
  let query = store
    .selectFrom("orders")
    // With bounds of their own, as in read-order.ts.
    .leftJoin("order_keys", (join) =>
      join.onRef("order_keys.order_id", "=", "orders.id").on("order_keys.order_id", ">", from),
    )
    .leftJoin("key_health", (join) =>
      join.onRef("key_health.order_id", "=", "orders.id").on("key_health.order_id", ">", from),
    )
    .select([
      "orders.id",
      "orders.name",
      "orders.resource_group",
      "orders.subscription_id",
      "orders.location",
      "orders.sku",
      "orders.transfer_type",
      "orders.stage",
      "orders.stage_status",
      "orders.created_at_ms",
      "orders.updated_at_ms",
      "order_keys.kek_type",
      "order_keys.kek_url",
      "order_keys.identity_type",
      "key_health.state as health_state",
      "key_health.code as health_code",
      "key_health.risks_json",
    ])
    .where("orders.id", ">", from)
    .where("orders.id", "<", scoped.before)
    .orderBy("orders.id")
    .limit(limit)
    .$if(scope === "all", (orders) => orders.select(customerOf(store).as("customer")));
  const { search, stage, stageStatus, encryption, health, lock, unlock } = filter;
  if (stage !== undefined) query = query.where("orders.stage", "=", stage);
  if (stageStatus !== undefined) query = query.where("orders.stage_status", "=", stageStatus);
  if (encryption !== undefined)
    query = query.where((order) =>
      encryption === "CustomerManaged"
        ? order("order_keys.kek_type", "=", encryption)
        : order.or([
            order("order_keys.kek_type", "is", null),
            order("order_keys.kek_type", "=", encryption),
          ]),
    );
  if (health === "NotWatched")
    query = query.where((order) =>
      order.or([
        order("order_keys.kek_type", "is", null),
        order("order_keys.kek_type", "<>", "CustomerManaged"),
        order("orders.stage", "in", TERMINAL_STAGES),
      ]),
    );
  else if (health !== undefined)
    query = query
      .where("order_keys.kek_type", "=", "CustomerManaged")
      .where("orders.stage", "not in", TERMINAL_STAGES)
      .where("key_health.state", "=", HEALTH_COLUMNS[health]);
  if (search !== undefined) query = query.where((order) => matches(order, search));
  if (lock === "revoked") query = query.where((order) => isCovered(store, order));
  // Few orders; whether one is blocked is decided row by row.
  if (unlock === "Blocked")
    query = query
      .where("orders.stage", "not in", TERMINAL_STAGES)
      .where((order) =>
        order.or([
          order("key_health.state", "=", "unusable"),
          isCovered(store, order),
          mayBeBlocked(order),
        ]),
      );
  // The other states are decided row by row; an open lease is rare, and found by its index.
  if (lock === "unlocked" || lock === "grace")
    query = query.where((order) =>
      order.exists(
        order
          .selectFrom("leases")
          .select("leases.id")
          .whereRef("leases.order_id", "=", "orders.id")
          .where("leases.state", "in", ["live", "refused"]),
      ),
    );
  return query.execute();
}

const isHalted = (order: ExpressionBuilder<BrokerTables, "orders">) =>
  order("orders.stage_status", "=", "WaitingForCustomerActionForKek");

/** Whether something besides a key or a switch may block an order; the verdict decides. */
const mayBeBlocked = (order: ExpressionBuilder<BrokerTables, "orders">) =>
  order.or([
    isHalted(order),
    // A recovery key may be missing before the dispatch; an export is filled before that.
    order.and([
      order("orders.stage", "in", ["DeviceOrdered", "DevicePrepared", "DataCopy"]),
      order.exists(
        order
          .selectFrom("unlock_policies")
          .select("unlock_policies.order_id")
          .whereRef("unlock_policies.order_id", "=", "orders.id"),
      ),
    ]),
    order.exists(
      order
        .selectFrom("nodes")
        .select("nodes.serial")
        .whereRef("nodes.order_id", "=", "orders.id")
        .where("nodes.device_kid", "is", null),
    ),
  ]);

/**
 * The orders of a subscription that a person must repair, without those of which a switch or an
 * unusable key tells; halted copies first, then the last changed.
 */
export async function readRepairs(deps: VerdictDependencies, subscriptionId: string) {
  const rows = await deps.store
    .selectFrom("orders")
    .select(["orders.id", "orders.name", "orders.updated_at_ms"])
    .where("orders.subscription_id", "=", subscriptionId)
    .where("orders.stage", "not in", TERMINAL_STAGES)
    .where((order) => order.not(isCovered(deps.store, order)))
    .where((order) =>
      order.not(
        order.exists(
          order
            .selectFrom("key_health")
            .select("key_health.order_id")
            .whereRef("key_health.order_id", "=", "orders.id")
            .where("key_health.state", "=", "unusable"),
        ),
      ),
    )
    .where(mayBeBlocked)
    .orderBy(isHalted, "desc")
    .orderBy("orders.updated_at_ms", "desc")
    .limit(REPAIRS_LOOKED_AT_MAX)
    .execute();
  const ids = rows.map(({ id }) => id);
  const verdicts = await readVerdicts({ ...deps, stillApproves: ANYBODY }, ids);
  return rows.flatMap((row) => {
    const found = verdicts.get(row.id);
    const cause = found && repairOf(found.verdict);
    return cause === undefined ? [] : { ...row, code: cause.code };
  });
}

/** Company of the shipping address; read for operators only, and gone once the order has ended. */
const customerOf = (store: Store) =>
  jsonMember<string | null>(store, "orders.details_json", "shippingAddress", "companyName");

/**
 * Whether an active kill switch covers an order. The database reads the switches once, however many
 * there are.
 */
function isCovered(store: Store, order: ExpressionBuilder<BrokerTables, "orders">) {
  const active = (kind: BrokerTables["revocations"]["kind"]) =>
    store.selectFrom("revocations").where("lifted_at_ms", "is", null).where("kind", "=", kind);
  // The scope of a node begins with its order.
  const position = sql.raw(engineOf(store) === "sqlite" ? "instr" : "strpos");
  const ofNode = sql<OrderId>`substr(scope, 1, ${position}(scope, ' ') - 1)`.as("scope");
  const ofOrder = sql<OrderId>`scope`.as("scope");
  return order.or([
    order.exists(active("fleet").select("scope")),
    order("orders.id", "in", active("order").select(ofOrder)),
    order("orders.id", "in", active("node").select(ofNode)),
    order("orders.subscription_id", "in", active("subscription").select("scope")),
  ]);
}

/**
 * Ids are in lower case on both engines, since LIKE treats letter case differently; `_` and `.`
 * match themselves or any character.
 */
function matches(
  order: ExpressionBuilder<BrokerTables, "orders">,
  search: string,
): ExpressionWrapper<BrokerTables, "orders", SqlBool> {
  const spellings = [...new Set([search, search.toLowerCase(), search.toUpperCase()])];
  return order.or([
    order("orders.id", "like", foldOrderId(`%/jobs/%${search.toLowerCase()}%`)),
    order.exists(
      order
        .selectFrom("nodes")
        .select("nodes.serial")
        .whereRef("nodes.order_id", "=", "orders.id")
        .where((node) =>
          node.or(spellings.map((spelling) => node("nodes.serial", "like", `%${spelling}%`))),
        ),
    ),
  ]);
}

/** All orders of a scope. */
export async function countOrders(store: Store, scope: OrderScope): Promise<number> {
  const { after, before } = idsIn(scope);
  const { total } = await store
    .selectFrom("orders")
    .select((order) => order.fn.countAll().as("total"))
    .where("id", ">", after)
    .where("id", "<", before)
    .executeTakeFirstOrThrow();
  return Number(total);
}
