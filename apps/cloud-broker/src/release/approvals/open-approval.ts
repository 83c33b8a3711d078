import { randomUUID } from "node:crypto";

import { EVENT_TYPES } from "../../core/cloud-event.ts";
import type { EpochMs } from "../../core/order.ts";
import type { AdmissionTerms } from "../../core/release-terms.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { toJson } from "../../store/json-column.ts";
import type { ReleaseDependencies, ReleaseRequest } from "./release-request.ts";

/** An approval that waits for votes, and when it expires. */
export type OpenedApproval = { readonly id: string; readonly expiresAtMs: EpochMs };

/**
 * Puts a request before the approvers: row, audit row and events are one commit. A node has one
 * waiting request; an earlier one becomes void, since its answer can no longer be opened.
 */
export async function openApproval(
  { commit, appendAudit, announce, now }: Omit<ReleaseDependencies, "store" | "stillApproves">,
  request: Omit<ReleaseRequest, "useUp" | "purpose" | "way"> & {
    readonly purpose: UnlockPurpose | "change";
    readonly way: ReleaseRequest["way"] | "change";
  },
  { terms, expiresAfterSeconds }: AdmissionTerms,
): Promise<OpenedApproval> {
  const id = randomUUID();
  const { required } = terms.release;
  return commit(async (transaction) => {
    const nowMs = now();
    const expiresAtMs = nowMs + expiresAfterSeconds * 1000;
    const { order, serial, requestHash, purpose, reason, requestedBy } = request;
    const superseded = await transaction
      .updateTable("approvals")
      .set({ state: "void", void_reason: "superseded", closed_at_ms: nowMs })
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .where("state", "=", "open")
      .executeTakeFirst();
    await transaction
      .insertInto("approvals")
      .values({
        id,
        order_id: order,
        serial,
        request_hash: requestHash,
        way: request.way,
        purpose,
        reason: reason ?? null,
        requested_by: requestedBy ?? null,
        address: request.actor.kind === "broker" ? "" : request.actor.address,
        agent: request.agent,
        stage: request.stage,
        kid: request.kid,
        state: "open",
        void_reason: null,
        requested_at_ms: nowMs,
        asked_at_ms: nowMs,
        expires_at_ms: expiresAtMs,
        closed_at_ms: null,
        terms_json: toJson(terms),
      })
      .execute();
    const expiresAt = new Date(expiresAtMs).toISOString();
    await appendAudit(transaction, order, {
      action: "approval/request",
      actor: request.actor,
      outcome: "done",
      serial,
      ...keyOf(request),
      requestHash,
      correlationId: request.correlationId,
      detail: {
        approval: id,
        purpose,
        reason,
        required,
        expiresAt,
        superseded: Number(superseded.numUpdatedRows),
      },
    });
    await announce(transaction, {
      type: EVENT_TYPES.approvalWaiting,
      order,
      atMs: nowMs,
      data: {
        approvalId: id,
        serial,
        ...keyOf(request),
        purpose,
        reason,
        required,
        expiresAt,
      },
    });
    return { id, expiresAtMs };
  });
}

/** A change of the order's protection depends on no key version. */
function keyOf({ kid }: { readonly kid: string }): { readonly kid?: string | undefined } {
  return kid === "" ? {} : { kid };
}
