import { encodeBase64url, zero } from "@databox-cmk/crypto";
import { AppError, withoutUndefined } from "@databox-cmk/errors";
import type { Pending } from "@databox-cmk/protocol";

import { eventOfError, knownFacts } from "../core/failure-event.ts";
import { approvalOf, describeWaiting, saysSame, viewWaiting } from "../core/waiting-request.ts";
import type { WaitingRequest } from "../core/waiting-request.ts";
import type { PendingEvent } from "../core/waiting-step.ts";
import type { KeyAnswer, MadeRequest } from "../exchange/request-content-key.ts";
import { eventOf } from "../node/event-of.ts";
import type { Unlocking } from "../node/record-unlock.ts";
import { bootClockMs } from "../state/boot.ts";
import { writeWaitingRequest } from "../state/waiting-request-file.ts";

/**
 * Stores a request that waits for approvers before reporting that it waits, so that a later kill
 * costs no approval.
 *
 * @throws {AppError} `AgentStateUnwritable` or `DiskFull`
 */
export async function keepRequest(
  waiting: Unlocking,
  { pending, request }: Extract<KeyAnswer<WaitingRequest>, { kind: "pending" }>,
  { reason }: Pick<WaitingRequest, "reason">,
): Promise<PendingEvent> {
  const { node } = waiting;
  const approval = approvalOf(pending, bootClockMs());
  if ("approval" in request) {
    const kept = { ...request, approval };
    if (!saysSame(approval, request.approval)) writeWaitingRequest(node.folder.path, kept);
    return eventOfWaiting(waiting, kept, pending);
  }
  const kept = await storedForm(waiting, request, { approval, reason });
  writeWaitingRequest(node.folder.path, kept);
  const facts = { approval: approval.id, required: approval.required, reason };
  node.record("approval-waiting", withoutUndefined(facts));
  return eventOfWaiting(waiting, kept, pending);
}

async function storedForm(
  { node, dependencies }: Unlocking,
  { jws, sealingKey, purpose }: MadeRequest,
  { approval, reason }: Pick<WaitingRequest, "approval" | "reason">,
): Promise<WaitingRequest> {
  const privateKey = await sealingKey.exportPrivateKey();
  try {
    return {
      version: 1,
      request: jws,
      privateKey: encodeBase64url(privateKey),
      publicKey: encodeBase64url(sealingKey.publicKey),
      bootId: node.bootId,
      reason,
      purpose: purpose === "unlock" || purpose === "prepare" ? undefined : purpose,
      since: dependencies.nowIso(),
      askedAtMs: bootClockMs(),
      approval,
    };
  } finally {
    zero(privateKey);
    sealingKey.destroy();
  }
}

/** The approvers, the remaining time of the request, and the next step. */
function eventOfWaiting(
  { node: { settings }, dependencies }: Unlocking,
  kept: WaitingRequest,
  { retryAfterSeconds, correlationId }: Pending,
): PendingEvent {
  const approval = viewWaiting(kept, { bootMs: bootClockMs(), iso: dependencies.nowIso() });
  const error = new AppError("ApprovalPending", {
    detail: describeWaiting(approval),
    facts: { approvalId: approval.id, retryAfterSeconds, correlationId },
  });
  const context = {
    ...eventOf("unlock", settings, dependencies),
    known: knownFacts(dependencies.stateDir, settings),
  };
  return { ...eventOfError(error, context), correlationId, approval };
}
