import { randomUUID } from "node:crypto";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { termsAskedBy } from "../../core/decide-release.ts";
import type { EpochMs } from "../../core/order.ts";
import type { AdmissionTerms } from "../../core/release-terms.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { toJson } from "../../store/json-column.ts";
import { requireFeature } from "../../store/require-feature.ts";
import type { ReleaseDependencies, ReleaseRequest } from "./release-request.ts";

/** An approval that waits for votes, and when it expires. */
export type OpenedApproval = {
  readonly id: string;
  readonly expiresAtMs: EpochMs;
  readonly required: number;
};

/**
 * Puts a request before the approvers: row, audit row and events are one commit. A node has one
 * waiting request, also when two replicas open one at once; an earlier one becomes void, since its
 * answer can no longer be opened.
 */
export async function openApproval(
  deps: Omit<ReleaseDependencies, "commit" | "stillApproves">,
  request: Omit<ReleaseRequest, "purpose" | "way"> & {
    readonly purpose: UnlockPurpose | "change";
    readonly way: ReleaseRequest["way"] | "change";
    /** An Owner's override has it; the request expires so long after it. */
    readonly effectiveAtMs?: EpochMs;
  },
  { terms: current, expiresAfterSeconds }: AdmissionTerms,
): Promise<OpenedApproval> {
  const { announce, now } = deps;
  const { order, serial, requestHash, purpose, reason, askedBy, actor } = request;
  const terms = termsAskedBy(current, askedBy);
  const id = randomUUID();
  const nowMs = now();
  const { effectiveAtMs } = request;
  const expiresAtMs = (effectiveAtMs ?? nowMs) + expiresAfterSeconds * 1000;
  const effectiveAt =
    effectiveAtMs === undefined ? undefined : new Date(effectiveAtMs).toISOString();
  const { required } = terms.release;
  const context = { actor, correlationId: request.correlationId };
  const action = effectiveAtMs === undefined ? "approval/request" : "policy/override";
  await record(deps, { chain: order, action, context }, async (transaction) => {
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
        requested_by: askedBy?.objectId ?? null,
        address: actor.kind === "broker" ? "" : actor.address,
        agent: request.agent,
        stage: request.stage,
        switches: request.switches,
        kid: request.kid,
        state: "open",
        void_reason: null,
        requested_at_ms: nowMs,
        asked_at_ms: nowMs,
        expires_at_ms: expiresAtMs,
        closed_at_ms: null,
        terms_json: toJson(terms),
        effective_at_ms: effectiveAtMs ?? null,
      })
      .execute();
    const expiresAt = new Date(expiresAtMs).toISOString();
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
        effectiveAt,
      },
    });
    if (effectiveAtMs !== undefined) {
      await requireFeature(transaction, "override");
      await announce(transaction, {
        type: EVENT_TYPES.policyChanged,
        order,
        atMs: nowMs,
        data: { approvalId: id, by: askedBy?.objectId, effectiveAt },
      });
    }
    return {
      serial,
      ...keyOf(request),
      requestHash,
      detail: {
        approval: id,
        purpose,
        reason,
        required,
        expiresAt,
        effectiveAt,
        superseded: Number(superseded.numUpdatedRows),
      },
    };
  });
  return { id, expiresAtMs, required };
}

/** A change of the order's protection depends on no key version. */
function keyOf({ kid }: { readonly kid: string }): { readonly kid?: string | undefined } {
  return kid === "" ? {} : { kid };
}
