import { leaseReceipt, type LeaseReceipt, MESSAGE_TYPES } from "@databox-cmk/protocol";

import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { failed, malformed } from "../../core/failed.ts";
import { failureColumns } from "../../core/failure-columns.ts";
import { parseFailureJson } from "../../core/failure-json.ts";
import { type EpochMs, foldOrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAcknowledgement, type SignedAnswer } from "../message/signed-answer.ts";

/** A node's action on its lease: the proof that a volume is closed, or the answer to a drill. */
export const leaseReceiptExchange = deviceVerb({
  action: "lease-receipt",
  type: MESSAGE_TYPES.leaseReceipt,
  schema: leaseReceipt,
  answer: takeLeaseReceipt,
});

async function takeLeaseReceipt(
  dependencies: Recording & Needs<"announce" | "metrics">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  said: LeaseReceipt,
): Promise<Outcome<SignedAnswer>> {
  const { commit, keys, appendAudit, announce, metrics, now } = dependencies;
  if (said.lease !== message.parameters["lease"])
    return malformed("lease: not the same as in the path");
  const taken = await commit(async (transaction) => {
    const lease = await findLease(transaction, said);
    if (lease === undefined) return undefined;
    const nowMs = now();
    const sinceRefusalMs = lease.refused_at_ms === null ? undefined : nowMs - lease.refused_at_ms;
    const isNews =
      said.outcome === "relocked"
        ? await closeLease(transaction, said, nowMs)
        : await answerDrill(transaction, said, nowMs);
    const head = isNews
      ? await appendAudit(transaction, sender.order, {
          action: `lease/${said.outcome}`,
          actor: actorOf(message, sender),
          outcome: "done",
          serial: sender.serial,
          requestHash: message.hash,
          correlationId: message.correlationId,
          signed: message.text,
          ...(said.cause === "order" ? columnsOf(lease.refusal_json) : {}),
          detail: {
            leaseId: said.lease,
            grantHash: lease.grant_hash,
            bootId: said.bootId,
            journalHead: said.journalHead,
            cause: said.cause,
            drill: said.drill,
            millisecondsSinceRefusal: sinceRefusalMs,
          },
        })
      : undefined;
    if (isNews && said.drill !== undefined) {
      // After the audit row: from there on, no other node of the order answers until this commit.
      const drill = await findFinished(transaction, said.drill);
      if (drill !== undefined)
        await announce(transaction, {
          type: EVENT_TYPES.drillFinished,
          order: sender.order,
          atMs: nowMs,
          data: {
            nodes: drill.nodes,
            startedAt: new Date(drill.startedAtMs).toISOString(),
            elapsedMs: nowMs - drill.startedAtMs,
          },
        });
    }
    // A volume that closed by itself, for instance at a power cut, was not closed by the broker.
    const isOrdered = isNews && said.outcome === "relocked" && said.cause === "order";
    return { head, relockMs: isOrdered ? sinceRefusalMs : undefined };
  });
  if (taken === undefined) return NOT_GIVEN;
  if (taken.relockMs !== undefined) metrics?.relocked(taken.relockMs);
  return { ok: true, value: await signAcknowledgement(keys.signing, message, taken.head) };
}

/** The reason for the re-lock order. */
function columnsOf(refusalJson: string | null) {
  const refusal = parseFailureJson(refusalJson);
  return refusal === undefined ? {} : failureColumns(refusal);
}

function findLease(transaction: StoreTransaction, said: LeaseReceipt) {
  return transaction
    .selectFrom("leases")
    .select(["grant_hash", "refused_at_ms", "refusal_json"])
    .where("id", "=", said.lease)
    .where("order_id", "=", foldOrderId(said.order))
    .where("serial", "=", said.serial)
    .executeTakeFirst();
}

/** @returns false for a known result: a receipt may be sent again after a crash */
async function closeLease(
  transaction: StoreTransaction,
  said: LeaseReceipt,
  nowMs: number,
): Promise<boolean> {
  const closed = await transaction
    .updateTable("leases")
    .set({ state: "closed", closed_at_ms: nowMs })
    .where("id", "=", said.lease)
    .where("closed_at_ms", "is", null)
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

async function answerDrill(
  transaction: StoreTransaction,
  said: LeaseReceipt,
  nowMs: number,
): Promise<boolean> {
  if (said.drill === undefined) return false;
  const answered = await transaction
    .updateTable("drills")
    .set({ answered_at_ms: nowMs })
    .where("id", "=", said.drill)
    .where("lease_id", "=", said.lease)
    .where("answered_at_ms", "is", null)
    .executeTakeFirst();
  return answered.numUpdatedRows === 1n;
}

/** The drill of this row, if every node has answered it. */
async function findFinished(
  transaction: StoreTransaction,
  id: string,
): Promise<{ readonly startedAtMs: EpochMs; readonly nodes: number } | undefined> {
  const drill = await transaction
    .selectFrom("drills as own")
    .innerJoin("drills", (join) =>
      join
        .onRef("drills.order_id", "=", "own.order_id")
        .onRef("drills.started_at_ms", "=", "own.started_at_ms"),
    )
    .select((row) => [
      "own.started_at_ms",
      row.fn.count<number>("drills.answered_at_ms").as("answered"),
      row.fn.countAll<number>().as("nodes"),
    ])
    .where("own.id", "=", id)
    .groupBy("own.started_at_ms")
    .executeTakeFirstOrThrow();
  return drill.answered === drill.nodes
    ? { startedAtMs: drill.started_at_ms, nodes: drill.nodes }
    : undefined;
}

const NOT_GIVEN: Outcome<never> = failed({
  code: "LeaseInvalid",
  detail: "lease: it was never given to this node",
});
