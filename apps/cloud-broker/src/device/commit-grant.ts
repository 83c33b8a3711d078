import { messageHash } from "@databox-cmk/crypto";
import type { Grant, UnlockQuestion } from "@databox-cmk/protocol";
import type { Transaction } from "kysely";

import { claimRelease, describeClaim, type ReleaseClaim } from "../approvals/claim-release.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { purposeAllowed } from "../core/unlock-purposes.ts";
import type { ReleasedKey } from "../custody/release-content-key.ts";
import { stepsSoFar } from "../diagnostics/trace.ts";
import { openLease } from "../leases/open-lease.ts";
import { findRevocation } from "../leases/revocations.ts";
import { takeFromBudget } from "../quotas/unlock-budget.ts";
import { compileOnce, compileWriteOnce } from "../store/compile-once.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode } from "./device-node.ts";
import { noteOutcome } from "./note-outcome.ts";
import { actorOf, type DeviceMessage } from "./serve-device-message.ts";
import type { SignedAnswer } from "./signed-answer.ts";
import { storeAnswer } from "./stored-answers.ts";
import type { UnlockWay } from "./unlock-way.ts";

export type Granting = {
  readonly message: DeviceMessage;
  readonly request: UnlockQuestion;
  readonly node: Pick<DeviceNode, "order" | "serial" | "deviceKeyGrade">;
  readonly grant: Grant;
  readonly answer: SignedAnswer;
  /** Of the envelope that the grant opens. */
  readonly generation: number;
  readonly released: Pick<ReleasedKey, "vaultRequestId" | "backup">;
  readonly way: UnlockWay;
  readonly claim: ReleaseClaim;
};

const selectStage = compileOnce((store, { order }: { order: string }) =>
  store.selectFrom("orders").select("stage").where("id", "=", order),
);
const insertGrant = compileWriteOnce(
  (
    store,
    {
      grantHash,
      order,
      serial,
      purpose,
      lease,
      nowMs,
      generation,
    }: {
      grantHash: string;
      order: string;
      serial: string;
      purpose: string;
      lease: string;
      nowMs: number;
      generation: number;
    },
  ) =>
    store.insertInto("grants").values({
      grant_hash: grantHash,
      order_id: order,
      serial,
      purpose,
      lease_id: lease,
      granted_at_ms: nowMs,
      receipt_hash: null,
      receipt_outcome: null,
      generation,
    }),
);

/** Ends a grant's transaction without a trace, for what was found in it; never shown. */
class Withdrawn extends Error {
  override readonly name = "Withdrawn";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** One commit for the audit row, the stored answer and what a receipt will refer to; only then does the grant leave. */
export async function commitGrant(
  dependencies: DeviceDependencies,
  granting: Granting,
): Promise<Outcome<undefined>> {
  try {
    return await record(dependencies, granting);
  } catch (error) {
    if (error instanceof Withdrawn) return { ok: false, failure: error.failure };
    throw error;
  }
}

/**
 * What is written first is what others wait for: the order's audit chain, and the lease that a kill switch looks for. So
 * what is then read is final: an order that was cancelled, erased or revoked while its vault was asked gets no grant.
 */
async function record(
  { commit, appendAudit, now }: DeviceDependencies,
  { message, request, node: sender, grant, answer, released, generation, way, claim }: Granting,
): Promise<Outcome<undefined>> {
  const grantHash = messageHash(answer.text);
  const { order, serial } = sender;
  const { vaultRequestId, backup } = released;
  const steps = stepsSoFar();
  return commit(async (transaction) => {
    const limited =
      request.purpose === "prepare" ? undefined : await takeFromBudget(transaction, order, now());
    if (limited !== undefined) throw new Withdrawn(limited);
    const recorded = await way.record(transaction, { grant, grantHash, answer });
    if (!recorded.ok) throw new Withdrawn(recorded.failure);
    await appendAudit(transaction, order, {
      action: way.action,
      actor: actorOf(message, sender),
      outcome: "granted",
      serial,
      kid: grant.kid,
      requestHash: message.hash,
      ...(vaultRequestId === undefined ? {} : { vaultRequestId }),
      correlationId: message.correlationId,
      detail: {
        purpose: request.purpose,
        claimedDeviceKeyGrade: sender.deviceKeyGrade,
        counter: request.counter,
        generation: request.generation,
        bootId: request.bootId,
        grantHash,
        leaseId: grant.lease.id,
        untrustedAgent: request.agent,
        ...(backup === undefined ? {} : { backupKey: backup.name, because: backup.failure.code }),
        ...way.detail,
        ...(request.reason === undefined ? {} : { reason: request.reason }),
        ...describeClaim(claim),
      },
      ...steps,
    });
    if (!(await storeAnswer(transaction, message.hash, answer, now())))
      throw new Withdrawn({ code: "BrokerBusy", retryAfterSeconds: 1 });
    await insertGrant(transaction, {
      grantHash,
      order,
      serial,
      purpose: request.purpose,
      lease: grant.lease.id,
      nowMs: now(),
      generation,
    });
    const { offlineJson } = recorded.value;
    await openLease(
      transaction,
      sender,
      { grant, grantHash, request, offlineJson, backupKey: backup?.name },
      now(),
    );
    await noteOutcome(transaction, sender, "granted", now(), request.generation);
    if (await way.isOvertaken(transaction))
      throw new Withdrawn({
        code: "CounterRollback",
        detail: "counter: another message was faster",
      });
    const withdrawn = await findWithdrawal(transaction, sender, request.purpose);
    if (withdrawn !== undefined) throw new Withdrawn(withdrawn);
    const claimed = await claimRelease(transaction, claim, {
      requestHash: message.hash,
      order,
      serial,
      nowMs: now(),
    });
    if (!claimed.ok) throw new Withdrawn(claimed.failure);
    return { ok: true, value: undefined };
  });
}

async function findWithdrawal(
  transaction: Transaction<BrokerTables>,
  { order, serial }: Granting["node"],
  purpose: UnlockQuestion["purpose"],
): Promise<Failure | undefined> {
  const [current] = await selectStage(transaction, { order });
  if (current === undefined || !purposeAllowed(current.stage, purpose))
    return {
      code: "PurposeForbidden",
      detail: "purpose: the stage of the order changed meanwhile",
    };
  return findRevocation(transaction, order, serial);
}
