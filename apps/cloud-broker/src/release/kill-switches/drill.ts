import { randomUUID } from "node:crypto";

import type { RevocationDrillView } from "@databox-cmk/protocol";

import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { ControlPlane, RequestContext } from "../../orders/control-plane.ts";

/** Asks every live lease of an order to answer as if it were re-locked; its volume stays open. */
export async function startDrill(
  { store, appendAudit, now }: ControlPlane,
  order: OrderId,
  context: RequestContext,
): Promise<void> {
  const nowMs = now();
  await store.transaction().execute(async (transaction) => {
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
    await appendAudit(transaction, order, {
      action: "order/revocationDrill",
      actor: context.actor,
      outcome: "done",
      correlationId: context.correlationId,
      detail: { leases: leases.length },
    });
  });
}

/** The last drill of an order: one row per lease that took part. */
export async function readLastDrill(
  { store }: Pick<ControlPlane, "store">,
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
      ...(answeredAtMs === null
        ? {}
        : { answeredAt: renderTime(answeredAtMs), elapsedMs: answeredAtMs - startedAtMs }),
    })),
  };
}
