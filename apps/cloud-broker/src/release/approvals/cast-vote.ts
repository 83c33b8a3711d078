import { AppError } from "@databox-cmk/errors";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { mayDecide, type Vote } from "../../core/decide-release.ts";
import type { OrderId } from "../../core/order.ts";
import type { Caller } from "../../http/route.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { type ApprovalCase, readCase } from "./approval-cases.ts";
import { rightOf } from "./may-approve.ts";
import { closeApproval } from "./stored-approvals.ts";

type Voting = {
  readonly deps: Changing & Plane<"settings" | "announce">;
  readonly order: OrderId;
  readonly id: string;
  readonly caller: Caller;
  readonly context: RequestContext;
};

/**
 * Records one person's vote about one request: vote, end of a rejected request, audit row and event
 * are one commit. Concurrent votes, grants and expiry run one after another, each with the result
 * of the one before.
 *
 * @throws {AppError} `ResourceNotFound`, `ApprovalForbidden` or `ApprovalClosed`
 */
export async function castVote(
  { deps, order, id, caller, context }: Voting,
  decision: Vote["decision"],
  reason: string,
): Promise<ApprovalCase> {
  const nowMs = deps.now();
  const { isPerson, name } = caller;
  const objectId = caller.objectId.toLowerCase();
  const entry = {
    chain: order,
    action: decision === "approved" ? "approval/approve" : "approval/reject",
    context,
  } as const;
  const facts = { defaultPolicy: deps.settings.defaultPolicy, nowMs };
  await record(deps, entry, async (transaction) => {
    const reading = { store: transaction, ...facts };
    const found = await requireCase(await readCase(reading, order, id), id);
    // A policy cannot take the right to stop a release from anyone who has it.
    const forbidden =
      decision === "rejected"
        ? undefined
        : mayDecide(found.approval, found.terms, { objectId, isPerson });
    if (forbidden !== undefined) throw new AppError("ApprovalForbidden", { reason: forbidden });
    requireOpen(found);
    const isOpen =
      decision === "rejected"
        ? await closeApproval(transaction, id, "rejected", nowMs)
        : await holdOpen(transaction, id, nowMs);
    if (!isOpen) throw closed("decided meanwhile");
    await writeVote(transaction, id, {
      objectId,
      name,
      decision,
      reason,
      atMs: nowMs,
      right: rightOf(caller, order),
    });
    const { serial, kid } = found.row;
    await deps.announce(transaction, {
      type: EVENT_TYPES.approvalDecided,
      order,
      atMs: nowMs,
      data: { approvalId: id, serial, decision, by: objectId },
    });
    return {
      code: decision === "rejected" ? "ApprovalRejected" : undefined,
      serial,
      kid,
      requestHash: found.row.request_hash,
      detail: { approval: id, reason },
    };
  });
  return requireCase(await readCase({ store: deps.store, ...facts }, order, id), id);
}

/**
 * Blocks the end of the approval until this transaction ends.
 *
 * @returns false when it has already ended
 */
async function holdOpen(
  transaction: StoreTransaction,
  id: string,
  nowMs: number,
): Promise<boolean> {
  const held = await transaction
    .updateTable("approvals")
    .set({ state: "open" })
    .where("id", "=", id)
    .where("state", "=", "open")
    .where("expires_at_ms", ">", nowMs)
    .executeTakeFirst();
  return held.numUpdatedRows === 1n;
}

async function writeVote(
  transaction: StoreTransaction,
  approval: string,
  { objectId, name, decision, reason, atMs, right }: Vote,
): Promise<void> {
  const word = { name, decision, reason, held_right: right, at_ms: atMs };
  await transaction
    .insertInto("approval_votes")
    .values({ approval_id: approval, object_id: objectId, ...word })
    .onConflict((conflict) => conflict.columns(["approval_id", "object_id"]).doUpdateSet(word))
    .execute();
}

async function requireCase(found: ApprovalCase | undefined, id: string): Promise<ApprovalCase> {
  if (found !== undefined) return found;
  throw new AppError("ResourceNotFound", {
    target: "approvalId",
    detail: `approvals/${id} of the order`,
  });
}

function requireOpen({ approval: { state, voidReason } }: ApprovalCase): void {
  if (state === "open") return;
  throw closed(voidReason === undefined ? `it is ${state}` : `it is ${state} (${voidReason})`);
}

function closed(detail: string): AppError {
  return new AppError("ApprovalClosed", { target: "approvalId", detail });
}
