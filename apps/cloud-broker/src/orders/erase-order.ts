import { recorded } from "../audit/record.ts";
import { valueOf } from "../core/failure-error.ts";
import { scrubPersonalData } from "../core/job-details.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { ControlPlane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { updateOrder } from "./write-order.ts";

const RECEIPT_TYPE = "databox-erasure+jws";

/**
 * Crypto-erase: destroys all wrappings of the unlock key permanently, and stores a signed receipt,
 * all in one commit. An order that is already erased does not change.
 */
export async function eraseOrder(
  plane: ControlPlane,
  name: OrderName,
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(plane.store, name);
  const before = lifecycleOf(order);
  const next = valueOf(decideTransition(before, { kind: "erase" }));
  if (before.erased) return;
  const nowMs = plane.now();
  const destroyed = await readWrappings(plane, order);
  const erasureReceipt = await plane.sign(RECEIPT_TYPE, {
    order: order.id,
    sku: order.skuName,
    destroyed,
    method: "crypto-erase: every wrapped copy of the content keys was deleted",
    erasedAt: new Date(nowMs).toISOString(),
    by: context.by,
  });
  await plane.custody.destroy(
    order.id,
    context.actor,
    recorded(
      plane.appendAudit,
      { chain: order.id, action: "order/erase", context },
      async (transaction) => {
        const { error: _error, actions: _actions, ...state } = order.state;
        await updateOrder(
          transaction,
          order,
          {
            stage: next.stage,
            stageStatus: next.stageStatus,
            details: scrubPersonalData(order.details),
            state: { ...state, erasureReceipt },
          },
          context.by,
          nowMs,
        );
        return { detail: { wrappings: destroyed.length } };
      },
    ),
    context.correlationId,
  );
}

type Wrapping = {
  readonly serial: string;
  readonly env: string;
  readonly generation: number;
  readonly kid: string;
};

async function readWrappings({ store }: ControlPlane, order: Order): Promise<readonly Wrapping[]> {
  return store
    .selectFrom("envelopes")
    .select(["serial", "env", "generation", "kid"])
    .where("order_id", "=", order.id)
    .orderBy("serial")
    .orderBy("generation")
    .execute();
}
