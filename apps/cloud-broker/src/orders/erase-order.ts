import { ERASURE_CERTIFICATE_TYPE, type ErasureStatement } from "@databox-cmk/protocol";

import { recorded } from "../audit/record.ts";
import { valueOf } from "../core/failure-error.ts";
import { scrubPersonalData } from "../core/job-details.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { ControlPlane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf } from "./order.ts";
import { readSanitisedNodes } from "./read-sanitised-nodes.ts";
import { updateOrder } from "./write-order.ts";

const METHOD =
  "Cryptographic erase (NIST SP 800-88) of the order's keys: every wrapped copy of the content keys that the broker held was deleted, so that no vault can release the unlock key again. The broker does not touch media: a node that was erased says so itself, signed by its device key.";
const VERIFICATION =
  "The list names exactly the copies that one database transaction deleted; none was left when it ended.";

/**
 * Crypto-erase: destroys all wrappings of the unlock key permanently, and stores a signed
 * certificate, all in one commit: a crash leaves the order with its keys, or erased and certified.
 * An order that is already erased does not change.
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
  const deed = { chain: order.id, action: "order/erase", context } as const;
  await plane.custody.destroy(
    order.id,
    context.actor,
    (transaction, destroyed) =>
      recorded(plane.appendAudit, deed, async () => {
        const statement: ErasureStatement = {
          order: order.id,
          sku: order.skuName,
          destroyed: destroyed.toSorted(
            (a, b) => a.serial.localeCompare(b.serial) || a.generation - b.generation,
          ),
          nodes: await readSanitisedNodes(transaction, order.id),
          method: METHOD,
          verification: VERIFICATION,
          erasedAt: new Date(nowMs).toISOString(),
          by: context.by,
        };
        const erasureReceipt = await plane.sign(ERASURE_CERTIFICATE_TYPE, statement);
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
      })(transaction),
    context.correlationId,
  );
}
