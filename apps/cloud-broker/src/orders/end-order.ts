import { AppError } from "@databox-cmk/errors";

import { valueOf } from "../core/failure-error.ts";
import { scrubPersonalData } from "../core/job-details.ts";
import { decideTransition } from "../core/lifecycle.ts";
import { type OrderName, orderIdOf, type OrderId } from "../core/order.ts";
import { stageRules } from "../core/stages.ts";
import { destroyWrappings } from "../custody/destroy-wrappings.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { findOrder, requireResourceGroup } from "./find-order.ts";
import { insertOperation, newOperation } from "./long-running-operations.ts";
import { lifecycleOf } from "./order.ts";
import { readOrder } from "./read-order.ts";
import { removeIdentity } from "./realise-identities.ts";
import { updateOrder } from "./write-order.ts";

/**
 * Cancels an order that is not yet being processed; its personal data and its own passkey are
 * removed. Safe to repeat.
 */
export async function cancelOrder(
  deps: Changing,
  name: OrderName,
  reason: string,
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(deps.store, name);
  if (order.stage === "Cancelled") return;
  const next = valueOf(decideTransition(lifecycleOf(order), { kind: "cancel" }));
  const nowMs = deps.now();
  await destroyWrappings(
    deps,
    { chain: order.id, action: "order/cancel", context },
    async (transaction) => {
      await updateOrder(
        transaction,
        order,
        {
          stage: next.stage,
          stageStatus: next.stageStatus,
          cancellationReason: reason,
          details: scrubPersonalData(order.details),
        },
        context.by,
        nowMs,
      );
      return {};
    },
  );
}

/**
 * Deletes an ended order with all wrappings of its key. The audit chain stays.
 *
 * @returns id of the long-running operation and the order's region; undefined when the order does
 * not exist.
 */
export async function deleteOrder(
  deps: Changing & Plane<"identities">,
  name: OrderName,
  context: RequestContext,
): Promise<{ readonly operation: string; readonly location: string } | undefined> {
  const order = await readOrder(deps.store, orderIdOf(name));
  if (order === undefined) {
    requireResourceGroup(name.resourceGroup);
    return undefined;
  }
  if (!stageRules(order.stage).deletable)
    throw new AppError("OrderStageForbids", {
      reason: "delete",
      target: "properties.status",
      detail: `delete: the order is in stage ${order.stage}`,
    });
  const nowMs = deps.now();
  const hasSystemIdentity = order.identities.some((identity) => identity.kind === "system");
  const operation = newOperation("delete");
  await destroyWrappings(
    deps,
    { chain: order.id, action: "order/delete", context },
    async (transaction) => {
      if (hasSystemIdentity)
        await transaction
          .insertInto("identity_cleanups")
          .values({ order_id: order.id, epoch: order.identityEpoch, created_at_ms: nowMs })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      await deleteRows(transaction, order.id, order.revision);
      await insertOperation(transaction, order.id, operation, nowMs);
      return {};
    },
  );
  if (hasSystemIdentity) await removeIdentity(deps, order.id, order.identityEpoch);
  return { operation: operation.id, location: order.location };
}

/** Identities, stages, nodes and keys go with the order (on delete cascade). */
async function deleteRows(
  transaction: StoreTransaction,
  id: OrderId,
  revision: number,
): Promise<void> {
  const { numDeletedRows } = await transaction
    .deleteFrom("orders")
    .where("id", "=", id)
    .where("revision", "=", revision)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new AppError("RewrapConflict", { detail: "delete" });
}
