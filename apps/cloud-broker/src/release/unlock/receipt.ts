import type { Envelope } from "@databox-cmk/crypto";
import { MESSAGE_TYPES, receipt, unlockPurpose, type Receipt } from "@databox-cmk/protocol";
import { sql } from "kysely";

import { decideReceipt } from "../../core/decide-receipt.ts";
import type { Outcome } from "../../core/ports.ts";
import {
  parseDeviceShare,
  requireShareOfEnvelope,
  storeDeviceShare,
} from "../../custody/device-shares.ts";
import type { ChainHead } from "../../store/chain-head.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { actorOf, type DeviceMessage, type Sender } from "../message/serve-device-message.ts";
import { signAcknowledgement, type SignedAnswer } from "../message/signed-answer.ts";
import { storeAnswer } from "../message/stored-answers.ts";

/** The node's report about a grant; a node that reports its preparation can be dispatched. */
export const receiptExchange = deviceVerb({
  action: "receipt",
  type: MESSAGE_TYPES.receipt,
  schema: receipt,
  answer: takeReceipt,
});

async function takeReceipt(
  dependencies: Recording & Needs<"markPrepared">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  said: Receipt,
): Promise<Outcome<SignedAnswer>> {
  const share = parseDeviceShare(said.extensions?.["deviceShare"], sender);
  if (!share.ok) return share;
  return dependencies.commit(async (transaction) => {
    const grant = await findGrant(transaction, sender, said.grantHash);
    const decision = decideReceipt(said, grant);
    if (!decision.ok) return decision;
    const known = await requireShareOfEnvelope(transaction, sender, share.value);
    if (!known.ok) return known;
    const auditHead = decision.value.isRepeated
      ? undefined
      : await recordReceipt(dependencies, transaction, message, sender, {
          said,
          generation: grant?.generation,
          share: share.value,
        });
    const answer = await signAcknowledgement(dependencies.keys.signing, message, auditHead);
    await storeAnswer(transaction, message.hash, answer, dependencies.now());
    return { ok: true, value: answer };
  });
}

async function findGrant(
  transaction: StoreTransaction,
  { order, serial }: Sender,
  grantHash: string,
) {
  const row = await transaction
    .selectFrom("grants")
    .select(["purpose", "receipt_hash", "receipt_outcome", "generation"])
    .where("grant_hash", "=", grantHash)
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    purpose: unlockPurpose.parse(row.purpose),
    receiptHash: row.receipt_hash ?? undefined,
    receiptOutcome: row.receipt_outcome ?? undefined,
    generation: row.generation ?? undefined,
  };
}

type Received = {
  readonly said: Receipt;
  readonly generation: number | undefined;
  readonly share: Envelope | undefined;
};

async function recordReceipt(
  { appendAudit, markPrepared, now }: Recording & Needs<"markPrepared">,
  transaction: StoreTransaction,
  message: DeviceMessage,
  sender: Sender,
  { said, generation, share }: Received,
): Promise<ChainHead | undefined> {
  const { order, serial } = sender;
  const nowMs = now();
  const taken = await transaction
    .updateTable("grants")
    .set({ receipt_hash: message.hash, receipt_outcome: said.outcome })
    .where("grant_hash", "=", said.grantHash)
    .where("receipt_hash", "is", null)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return undefined; // Another replica stored the same receipt.
  await transaction
    .updateTable("nodes")
    .set((node) => ({
      last_outcome: said.outcome,
      last_seen_at_ms: nowMs,
      last_counter: sql<number>`case when ${node.ref("last_counter")} < ${said.counter} then ${said.counter} else ${node.ref("last_counter")} end`,
      // The volume was opened with the envelope of the grant, which is on the disk before the
      // receipt is sent.
      acknowledged_generation:
        said.outcome === "failed" || generation === undefined ? undefined : generation,
      prepared_at_ms:
        said.outcome === "prepared"
          ? node.fn.coalesce("prepared_at_ms", node.val(nowMs))
          : undefined,
    }))
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .execute();
  const deviceShareFor = await storeDeviceShare(transaction, sender, share, nowMs);
  const head = await appendAudit(transaction, order, {
    action: "receipt",
    actor: actorOf(message, sender),
    outcome: said.outcome === "failed" ? "failed" : "done",
    serial,
    requestHash: message.hash,
    correlationId: message.correlationId,
    signed: message.text,
    detail: {
      outcome: said.outcome,
      grantHash: said.grantHash,
      bootId: said.bootId,
      journalHead: said.journalHead,
      untrustedCode: said.code,
      deviceShareFor,
    },
  });
  if (said.outcome === "prepared") await markPrepared(transaction, order, nowMs);
  return head;
}
