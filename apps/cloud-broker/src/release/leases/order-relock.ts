import { ERRORS, readableByFormer } from "@databox-cmk/errors";
import { MESSAGE_TYPES, type RelockOrder } from "@databox-cmk/protocol";

import { failureColumns } from "../../core/failure-columns.ts";
import { renderFailureJson } from "../../core/failure-json.ts";
import type { Failure, Outcome } from "../../core/ports.ts";
import { renderDenial } from "../message/denial.ts";
import type { Recording } from "../message/device-dependencies.ts";
import { actorOf, type DeviceMessage, type Sender } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";

/**
 * The signed order to close the volume, bound to the node's message. The lease is refused
 * permanently in the same commit, and the first order of each lease is a row of the audit trail.
 */
export async function orderRelock(
  { commit, keys, appendAudit, now }: Recording,
  message: DeviceMessage,
  sender: Sender,
  request: { readonly lease: string; readonly counter: number; readonly sequence: number },
  failure: Failure,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const { correlationId, hash: requestHash } = message;
  const payload: RelockOrder = {
    ...renderDenial(failure, { requestHash, correlationId, order, serial }),
    lease: request.lease,
    sequence: request.sequence,
  };
  const answer = await signAnswer(keys.signing, MESSAGE_TYPES.relock, payload);
  await commit(async (transaction) => {
    const nowMs = now();
    await transaction
      .updateTable("leases")
      .set({
        state: "refused",
        refusal_json: renderFailureJson(failure),
        refused_at_ms: nowMs,
      })
      .where("id", "=", request.lease)
      .where("state", "=", "live")
      .execute();
    const first = await transaction
      .updateTable("leases")
      .set({ told_at_ms: nowMs })
      .where("id", "=", request.lease)
      .where("told_at_ms", "is", null)
      .executeTakeFirst();
    if (first.numUpdatedRows === 0n) return;
    await appendAudit(transaction, order, {
      action: "relock",
      actor: actorOf(message, sender),
      outcome: ERRORS[failure.code].class === "refused" ? "refused" : "done",
      ...failureColumns(failure),
      serial,
      requestHash,
      correlationId,
      detail: {
        ...readableByFormer(failure).facts,
        leaseId: request.lease,
        sequence: request.sequence,
      },
    });
  });
  return { ok: true, value: answer };
}
