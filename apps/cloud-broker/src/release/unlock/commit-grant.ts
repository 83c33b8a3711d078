import { messageHash } from "@databox-cmk/crypto";
import type { Grant, UnlockQuestion } from "@databox-cmk/protocol";
import type { Insertable } from "kysely";

import { appendBehind } from "../../audit/append-audit.ts";
import type { AuditEvent, Outcome } from "../../core/ports.ts";
import { type Began, withheldFrom } from "../../core/ways-out.ts";
import type { Released } from "../../custody/release-content-key.ts";
import { stepsSoFar } from "../../observability/trace.ts";
import { lockLeases } from "../../store/await-lease-writes.ts";
import { takeChainHead } from "../../store/chain-head.ts";
import { compileWriteOnce } from "../../store/fast/compile-once.ts";
import { sendWithCommit } from "../../store/fast/send-at-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../store/withdrawn.ts";
import {
  claimRelease,
  describeClaim,
  type ReleaseClaim,
  rememberUse,
} from "../approvals/claim-release.ts";
import { openLease } from "../leases/open-lease.ts";
import { takeFromBudget } from "../limits/unlock-budget.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import { readFinalFacts } from "../message/final-facts.ts";
import { noteOutcome } from "../message/note-outcome.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import { storeAnswer } from "../message/stored-answers.ts";
import type { UnlockChannel } from "./unlock-channel.ts";

export type Granting = {
  readonly message: DeviceMessage;
  readonly request: UnlockQuestion;
  readonly node: Pick<DeviceNode, "order" | "serial" | "deviceKeyGrade">;
  readonly grant: Grant;
  readonly answer: SignedAnswer;
  /** Generation of the envelope that the grant opens. */
  readonly generation: number;
  readonly released: Pick<Released<unknown>, "vaultRequestId" | "backup">;
  readonly channel: UnlockChannel;
  readonly claim: ReleaseClaim;
  readonly began: Began;
};

const insertGrant = compileWriteOnce((store, row: Insertable<BrokerTables["grants"]>) =>
  store.insertInto("grants").values(row),
);

/**
 * One commit for the audit row, the stored answer and the facts that a receipt refers to; only then
 * does the grant leave.
 *
 * First the transaction locks what others wait for, in the order in which all others do: the leases
 * that a kill switch searches, and the order's audit chain. The facts that are read after that are
 * therefore final (core/ways-out.ts). No write depends on another's result, so all of them leave
 * together with the commit.
 */
export async function commitGrant(
  { announce, commit, now, store }: Needs<"announce" | "commit" | "now" | "store">,
  granting: Granting,
): Promise<Outcome<undefined>> {
  const {
    message,
    request,
    node: sender,
    grant,
    answer,
    released,
    generation,
    channel,
    claim,
    began,
  } = granting;
  const grantHash = messageHash(answer.text);
  const { order, serial } = sender;
  const { vaultRequestId, backup } = released;
  const steps = stepsSoFar();
  const work = async (transaction: StoreTransaction) => {
    const recorded = await channel.record(transaction, { grant, grantHash, answer });
    if (!recorded.ok) throw new Withdrawn(recorded.failure);
    const nowMs = now();
    const [, head, facts] = await Promise.all([
      lockLeases(transaction, sender),
      takeChainHead(transaction, order),
      readFinalFacts(transaction, sender, {
        counter: channel.overtakenAbove,
        requestHash: message.hash,
        nowMs,
        purpose: request.purpose,
      }),
    ]);
    const withheld = withheldFrom(channel.out, facts, began);
    if (withheld !== undefined || facts === undefined)
      throw new Withdrawn(withheld ?? { code: "InternalError" });
    const claimed = await claimRelease(transaction, { announce, now }, claim, {
      requestHash: message.hash,
      stage: facts.order.stage,
      switches: facts.switches,
      nowMs,
    });
    if (!claimed.ok) throw new Withdrawn(claimed.failure);
    const event: AuditEvent = {
      action: channel.action,
      actor: actorOf(message, sender),
      outcome: "granted",
      serial,
      kid: grant.kid,
      requestHash: message.hash,
      vaultRequestId,
      correlationId: message.correlationId,
      signed: message.text,
      detail: {
        purpose: request.purpose,
        claimedDeviceKeyGrade: sender.deviceKeyGrade,
        counter: request.counter,
        generation: request.generation,
        bootId: request.bootId,
        grantHash,
        leaseId: grant.lease.id,
        untrustedAgent: request.agent,
        backupKey: backup?.name,
        because: backup?.failure.code,
        ...channel.detail,
        ...(request.reason === undefined ? {} : { reason: request.reason }),
        ...describeClaim(claim),
      },
      ...steps,
    };
    const { offlineJson } = recorded.value;
    await sendWithCommit(transaction, [
      appendBehind(transaction, head, order, event, nowMs),
      storeAnswer(transaction, message.hash, answer, nowMs, order),
      insertGrant(transaction, {
        grant_hash: grantHash,
        order_id: order,
        serial,
        purpose: request.purpose,
        lease_id: grant.lease.id,
        granted_at_ms: nowMs,
        receipt_hash: null,
        receipt_outcome: null,
        generation,
        switches: facts.switches,
        policy_revision: facts.policyRevision ?? null,
      }),
      openLease(
        transaction,
        sender,
        { grant, grantHash, request, offlineJson, backupKey: backup?.name },
        nowMs,
      ),
      noteOutcome(transaction, sender, "granted", nowMs, request.generation),
      ...(facts.budget === undefined ? [] : [takeFromBudget(transaction, order, nowMs)]),
    ]);
  };
  const committed = await commitUnlessWithdrawn(commit, work, { order });
  if (committed.ok) await rememberUse(store, claim, now());
  return committed;
}
