import { note } from "../audit/record.ts";
import { failureColumns } from "../core/failure-columns.ts";
import { errorOf, valueOf } from "../core/failure-error.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { ControlPlane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { moveOrder } from "./move-order.ts";
import { keySubjectOf, lifecycleOf } from "./order.ts";
import { readNodes } from "./read-nodes.ts";

/**
 * Dispatches an appliance once its key has passed every check: an unusable key at the customer's
 * site costs a second transport. `force` dispatches it anyway, and the audit trail records that.
 *
 * @throws {AppError} the failed check
 */
export async function dispatchOrder(
  plane: ControlPlane,
  name: OrderName,
  { force }: { readonly force: boolean },
  context: RequestContext,
): Promise<void> {
  const { custody, store, settings } = plane;
  const order = await findOrder(store, name);
  const before = lifecycleOf(order);
  const isRepeated = valueOf(decideTransition(before, { kind: "dispatch" })) === before;
  if (isRepeated) return;
  const { outcome } = await custody.validate(keySubjectOf(order, settings.tenantId), order.key);
  if (outcome.ok || force) {
    const preflight = outcome.ok ? "passed" : `forced past ${outcome.failure.code}`;
    const nodes = await readNodes(store, order.id);
    const unprepared = nodes.filter(({ preparedAtMs }) => preparedAtMs === undefined);
    await moveOrder(plane, name, { kind: "dispatch" }, context, {
      preflight,
      unpreparedNodes:
        unprepared.length === 0 ? undefined : unprepared.map(({ serial }) => serial).join(", "),
    });
    return;
  }
  const { failure } = outcome;
  const deed = { chain: order.id, action: "order/dispatch", context };
  await note(plane, deed, { outcome: "refused", ...failureColumns(failure) });
  throw errorOf(failure);
}
