import type { ApprovalView } from "@databox-cmk/protocol";

import { mayDecide, termsFor, votesThatCount } from "../../core/decide-release.ts";
import type { EpochMs } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { ApprovalCase } from "../../release/approvals/approval-cases.ts";

const WAYS: Readonly<Record<string, ApprovalView["way"]>> = {
  unlock: "network",
  "offline-unlock": "offline",
  change: "change",
};

/**
 * A case as one caller sees it. Lost rights of other people are checked before a release, not for a
 * view.
 *
 * @param caller.isApprover - their roles allow to decide about this order
 */
export function renderApproval(
  { approval, row, orderId, orderName, resourceGroup, place, terms }: ApprovalCase,
  caller: { readonly objectId: string; readonly isApprover: boolean },
  nowMs: EpochMs,
): ApprovalView {
  const counting = votesThatCount(approval, { terms, nowMs, lostRight: new Set() });
  const { required } = termsFor(approval, terms).release;
  const isOpen = approval.state === "open";
  const { state } = approval;
  return {
    id: approval.id,
    orderId,
    orderName,
    resourceGroup,
    serial: row.serial,
    way: WAYS[row.way] ?? "offline",
    purpose: row.purpose,
    reason: row.reason ?? undefined,
    place: { address: row.address, ...place },
    agent: row.agent,
    kid: approval.kid,
    stage: approval.stage,
    state: state === "open" ? (counting.length >= required ? "approved" : "waiting") : state,
    voidReason: approval.voidReason,
    required,
    requestedAt: renderTime(approval.requestedAtMs),
    requestedBy: approval.requestedBy,
    lastAskedAt: renderTime(row.asked_at_ms),
    expiresAt: renderTime(approval.expiresAtMs),
    closedAt: row.closed_at_ms === null ? undefined : renderTime(row.closed_at_ms),
    decisions: approval.votes.map((vote) => ({
      objectId: vote.objectId,
      name: vote.name,
      decision: vote.decision,
      reason: vote.reason,
      at: renderTime(vote.atMs),
      counts: vote.decision === "rejected" || counting.includes(vote),
    })),
    mayDecide:
      isOpen &&
      caller.isApprover &&
      mayDecide(approval, terms, caller.objectId.toLowerCase()) === undefined,
  };
}
