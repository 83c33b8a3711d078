import { valueOf } from "../core/failure-error.ts";
import { scrubPersonalData } from "../core/job-details.ts";
import { type Breakdown, type Completion, decideTransition } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { AuditEvent } from "../core/ports.ts";
import { stageRules } from "../core/stages.ts";
import type { Changing, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf } from "./order.ts";
import { changeOrder } from "./write-order.ts";

/** Events that move an order on without any key. */
export type MovingEvent =
  | { readonly kind: "dispatch" | "deliver" | "pickUp" | "receive" }
  | { readonly kind: "complete"; readonly outcome: Completion }
  | { readonly kind: "fail"; readonly outcome: Breakdown };

/** Moves an order on. A repeated move changes nothing; the last move removes the personal data. */
export async function moveOrder(
  deps: Changing,
  name: OrderName,
  event: MovingEvent,
  context: RequestContext,
  detail: AuditEvent["detail"] = {},
): Promise<void> {
  const order = await findOrder(deps.store, name);
  const before = lifecycleOf(order);
  const next = valueOf(decideTransition(before, event));
  if (next === before) return;
  const { stage, stageStatus } = next;
  const row = { action: `order/${event.kind}`, context, detail: { stage, ...detail } } as const;
  await changeOrder(deps, order, row, {
    stage,
    stageStatus,
    details: stageRules(stage).terminal ? scrubPersonalData(order.details) : order.details,
  });
}
