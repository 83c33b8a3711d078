import { randomUUID } from "node:crypto";

import type { RevocationDrillView } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import type { Store } from "../../store/store.ts";

/** Asks every live lease of an order to answer as if it were re-locked; its volume stays open. */
export async function startDrill(
  deps: Changing,
  order: OrderId,
  context: RequestContext,
): Promise<void> {
  const nowMs = deps.now();
  const entry = { chain: order, action: "order/revocationDrill", context } as const;
  await record(deps, entry, async (transaction) => {
    const leases = await transaction
      .selectFrom("leases")
      .select(["id", "serial"])
      .where("order_id", "=", order)
      .where("state", "=", "live")
      .execute();
    for (const { id, serial } of leases)
      await transaction
        .insertInto("drills")
        .values({
          id: randomUUID(),
          order_id: order,
          serial,
          lease_id: id,
          started_at_ms: nowMs,
          answered_at_ms: null,
        })
        .execute();
    return { detail: { leases: leases.length } };
  });
}

/** The last drill of an order: one row per lease that took part. */
export async function readLastDrill(
  { store }: Plane<"store">,
  order: OrderId,
): Promise<RevocationDrillView> {
  const rows = await store
    .selectFrom("drills")
    .select(["id", "serial", "started_at_ms", "answered_at_ms"])
    .where("order_id", "=", order)
    .where("started_at_ms", "=", (drill) =>
      drill
        .selectFrom("drills as last")
        .select((last) => last.fn.max("last.started_at_ms").as("started_at_ms"))
        .where("last.order_id", "=", order),
    )
    .orderBy("serial")
    .execute();
  return {
    value: rows.map(({ id, serial, started_at_ms: startedAtMs, answered_at_ms: answeredAtMs }) => ({
      id,
      serial,
      startedAt: renderTime(startedAtMs),
      answeredAt: renderTime(answeredAtMs),
      elapsedMs: answeredAtMs === null ? undefined : answeredAtMs - startedAtMs,
    })),
  };
}

/** Drills of a subscription whose nodes have all answered; the last finished comes first. */
export async function readFinishedDrills(
  store: Store,
  subscription: string,
  sinceMs: EpochMs,
  limit: number,
): Promise<
  readonly {
    readonly order: OrderId;
    readonly orderName: string;
    readonly startedAtMs: EpochMs;
    readonly finishedAtMs: EpochMs;
    readonly nodes: number;
  }[]
> {
  const rows = await store
    .selectFrom("drills")
    .innerJoin("orders", "orders.id", "drills.order_id")
    .select((row) => [
      "drills.order_id",
      "orders.name",
      "drills.started_at_ms",
      row.fn.max<number>("drills.answered_at_ms").as("finished_at_ms"),
      row.fn.countAll<number>().as("nodes"),
    ])
    .where("orders.subscription_id", "=", subscription)
    .where("drills.started_at_ms", ">=", sinceMs)
    .groupBy(["drills.order_id", "orders.name", "drills.started_at_ms"])
    .having((row) => row(row.fn.count("drills.answered_at_ms"), "=", row.fn.countAll()))
    .orderBy("finished_at_ms", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    order: row.order_id,
    orderName: row.name,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    nodes: row.nodes,
  }));
}
