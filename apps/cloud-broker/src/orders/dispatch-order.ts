import { note } from "../audit/record.ts";
import { decideReadiness, type NodeReport } from "../core/decide-readiness.ts";
import { failureColumns } from "../core/failure-columns.ts";
import { errorOf, valueOf } from "../core/failure-error.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { OrderId, OrderName } from "../core/order.ts";
import { readRecoverability } from "../custody/device-shares.ts";
import type { KeyChecks } from "../custody/key-custody.ts";
import type { Changing, ControlPlane, Plane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { keySubjectOf } from "./key-subject.ts";
import { moveOrder } from "./move-order.ts";
import { lifecycleOf, type Order } from "./order.ts";

/**
 * Without a copy of its share, a split appliance is lost with its mainboard. The owner may accept
 * that in the unlock policy; `force` does not.
 */
async function requireRecovery(
  deps: Plane<"store" | "appendAudit" | "custodyOf">,
  { id }: Order,
  context: RequestContext,
): Promise<void> {
  const nodes = await readRecoverability(deps.store, [id]);
  const serials = nodes.flatMap(({ serial, isRecoverable }) => (isRecoverable ? [] : [serial]));
  if (serials.length === 0) return;
  const custody = await deps.custodyOf(id);
  if (custody.kind === "split" && custody.acceptNoRecovery) return;
  const failure = { code: "RecoveryKeyMissing", facts: { serial: serials.join(", ") } } as const;
  const entry = { chain: id, action: "order/dispatch", context } as const;
  await note(deps, entry, { outcome: "refused", ...failureColumns(failure) });
  throw errorOf(failure);
}

/**
 * Dispatches an appliance once its key has passed every check and each node has reported that it is
 * ready: an appliance that cannot be used at the customer's site costs a second transport. `force`
 * dispatches it anyway, and the audit trail records that.
 *
 * @throws {AppError} the failed check, or `OrderStageForbids` that names the nodes
 */
export async function dispatchOrder(
  deps: Changing & Plane<"settings" | "custodyOf"> & { readonly custody: KeyChecks },
  name: OrderName,
  { force }: { readonly force: boolean },
  context: RequestContext,
): Promise<void> {
  const { custody, store } = deps;
  const order = await findOrder(store, name);
  const before = lifecycleOf(order);
  const isRepeated = valueOf(decideTransition(before, { kind: "dispatch" })) === before;
  if (isRepeated) return;
  await requireRecovery(deps, order, context);
  const { outcome } = await custody.validate(await keySubjectOf(deps, order), order.key);
  const nodes = await readReports(store, order.id);
  const ready = outcome.ok ? decideReadiness(order.transferType, nodes) : outcome;
  if (ready.ok || force) {
    const unprepared = nodes.filter(({ isPrepared }) => !isPrepared);
    await moveOrder(deps, name, { kind: "dispatch" }, context, {
      preflight: ready.ok
        ? "passed"
        : `forced past ${ready.failure.code}${outcome.ok ? `: ${ready.failure.reason ?? ""}` : ""}`,
      unpreparedNodes:
        unprepared.length === 0 ? undefined : unprepared.map(({ serial }) => serial).join(", "),
    });
    return;
  }
  const { failure } = ready;
  const entry = { chain: order.id, action: "order/dispatch", context } as const;
  await note(deps, entry, { outcome: "refused", ...failureColumns(failure) });
  throw errorOf(failure);
}

async function readReports(
  store: ControlPlane["store"],
  order: OrderId,
): Promise<readonly NodeReport[]> {
  const rows = await store
    .selectFrom("nodes")
    .select(["serial", "prepared_at_ms"])
    .where("order_id", "=", order)
    .orderBy("ordinal")
    .execute();
  const fills = await store
    .selectFrom("grants")
    .select("serial")
    .distinct()
    .where("order_id", "=", order)
    .where("purpose", "=", "fill")
    .where("receipt_outcome", "=", "unlocked")
    .execute();
  const filled = new Set(fills.map(({ serial }) => serial));
  return rows.map(({ serial, prepared_at_ms }) => ({
    serial,
    isPrepared: prepared_at_ms !== null,
    isFilled: filled.has(serial),
  }));
}
