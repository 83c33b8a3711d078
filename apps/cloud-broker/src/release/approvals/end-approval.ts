import type { VoidReason } from "../../core/decide-release.ts";
import type { OrderId } from "../../core/order.ts";
import type { Changing } from "../../orders/control-plane.ts";
import type { ReleaseDependencies } from "./release-request.ts";
import { closeApproval } from "./stored-approvals.ts";

/**
 * Ends an approval without a decision, with its audit row.
 *
 * @returns false when it had ended already
 */
export async function endApproval(
  { commit, appendAudit, now }: Pick<ReleaseDependencies, "commit" | "appendAudit" | "now">,
  { order, serial, correlationId }: { order: OrderId; serial: string; correlationId: string },
  id: string,
  state: "expired" | "void",
  voidReason?: VoidReason,
): Promise<boolean> {
  return commit(async (transaction) => {
    if (!(await closeApproval(transaction, id, state, now(), voidReason))) return false;
    await appendAudit(transaction, order, {
      action: "approval/end",
      actor: { kind: "broker" },
      outcome: "done",
      code: "ApprovalExpired",
      reason: voidReason ?? "time",
      serial,
      correlationId,
      detail: { approval: id },
    });
    return true;
  });
}

const BATCH_MAX = 100;

/** Ends expired approvals whose appliance no longer polls. */
export async function endExpiredApprovals({ store, appendAudit, now }: Changing): Promise<void> {
  const due = await store
    .selectFrom("approvals")
    .select(["id", "order_id", "serial"])
    .where("state", "=", "open")
    .where("expires_at_ms", "<=", now())
    .limit(BATCH_MAX)
    .execute();
  const commit: ReleaseDependencies["commit"] = (work) => store.transaction().execute(work);
  for (const { id, order_id, serial } of due) {
    const node = { order: order_id, serial, correlationId: id };
    await endApproval({ commit, appendAudit, now }, node, id, "expired");
  }
}
