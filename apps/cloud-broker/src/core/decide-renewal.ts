import { type LeaseRenewal, renewalIntervalMs } from "@databox-cmk/protocol";

import { failed, malformed } from "./failed.ts";
import type { EpochMs, OrderId } from "./order.ts";
import type { Failure, Outcome } from "./ports.ts";
import { checkPurpose, type TransferStage, type UnlockPurpose } from "./unlock-purposes.ts";

/**
 * `refused`: must be closed, even if the key works again; `closed`: the node reported it;
 * `superseded`: its node unlocked again.
 */
export const LEASE_STATES = ["live", "refused", "closed", "superseded"] as const;
export type LeaseState = (typeof LEASE_STATES)[number];

export type LeaseRecord = {
  readonly order: OrderId;
  readonly serial: string;
  readonly purpose: UnlockPurpose;
  readonly bootId: string;
  readonly sequence: number;
  readonly lastCounter: number;
  readonly state: LeaseState;
  readonly ttlSeconds: number;
  readonly outageGraceSeconds: number;
  readonly graceUntilReboot: boolean;
  /** How long the lease holds without an answer, if a person carried its grant. */
  readonly offline:
    | { readonly kind: "duration"; readonly untilMs: EpochMs }
    | { readonly kind: "boots"; readonly boots: number }
    | undefined;
  readonly renewedAtMs: EpochMs;
  /** The reason for the refusal. */
  readonly refusal: Failure | undefined;
};

export type RenewalFacts = {
  /** The node that signed. */
  readonly node: { readonly order: OrderId; readonly serial: string };
  /** The lease id of the request's path. */
  readonly leaseOfPath: string;
  readonly lease: LeaseRecord | undefined;
  readonly transfer: TransferStage | undefined;
  readonly hasEnvelope: boolean;
  /** The active kill switch. */
  readonly revocation: Failure | undefined;
  readonly nowMs: EpochMs;
};

export type RenewalDecision =
  | {
      readonly kind: "renew";
      /** Sequence of the lease before this renewal. */ readonly from: number;
      readonly to: number;
    }
  | { readonly kind: "relock"; readonly failure: Failure };

/**
 * Checks first whether this message may act for the lease, then whether the lease may continue. A
 * node whose last answer was lost is one step behind and gets that step again.
 */
export function decideRenewal(
  request: Pick<LeaseRenewal, "lease" | "bootId" | "counter" | "sequence">,
  facts: RenewalFacts,
): Outcome<RenewalDecision> {
  const { lease, node } = facts;
  if (request.lease !== facts.leaseOfPath) return malformed("lease: not the same as in the path");
  if (lease === undefined || lease.order !== node.order || lease.serial !== node.serial)
    return failed({ code: "LeaseInvalid", detail: "lease: it was never given to this node" });
  if (request.counter <= lease.lastCounter)
    return failed({
      code: "CounterRollback",
      detail: "counter: not above the last one that was seen",
    });
  if (request.bootId !== lease.bootId && lease.offline?.kind !== "boots")
    return failed({
      code: "LeaseInvalid",
      detail: "bootId: the lease ended when the machine restarted",
    });
  if (lease.state === "superseded" || lease.state === "closed")
    return failed({ code: "LeaseInvalid", detail: `lease: it is ${lease.state}` });
  if (!fits(request.sequence, lease))
    return failed({ code: "LeaseInvalid", detail: "sequence: not that of the last lease" });
  if (facts.nowMs > endOf(lease))
    return failed({ code: "LeaseInvalid", detail: "lease: it was not renewed in time" });
  const failure = refusalOf(lease, facts);
  if (failure !== undefined) return { ok: true, value: { kind: "relock", failure } };
  const last = lease.offline?.kind === "boots" ? lease.sequence : request.sequence;
  return { ok: true, value: { kind: "renew", from: lease.sequence, to: last + 1 } };
}

/**
 * Decides once more about a message that waited: renewals may have happened since. As with a
 * renewal, a node whose last answers were lost gets their step again.
 */
export function decideAgain(
  request: Pick<LeaseRenewal, "lease" | "bootId" | "counter" | "sequence">,
  facts: RenewalFacts,
): Outcome<RenewalDecision> {
  const { lease } = facts;
  const asked =
    lease === undefined
      ? request
      : {
          ...request,
          counter: lease.lastCounter + 1,
          sequence: Math.max(request.sequence, lease.sequence - 1),
        };
  return decideRenewal(asked, facts);
}

/** Milliseconds until the node needs the next lease. */
export function untilRenewalMs(
  { ttlSeconds, renewedAtMs }: Pick<LeaseRecord, "ttlSeconds" | "renewedAtMs">,
  nowMs: EpochMs,
): number {
  const intervalMs = renewalIntervalMs({ ttlSeconds });
  return Math.min(intervalMs, renewedAtMs + intervalMs - nowMs);
}

/** A lease that is opened again after a reboot begins with the sequence of its grant. */
function fits(sequence: number, lease: LeaseRecord): boolean {
  return lease.offline?.kind === "boots"
    ? sequence <= lease.sequence
    : sequence === lease.sequence || sequence === lease.sequence - 1;
}

function refusalOf(lease: LeaseRecord, facts: RenewalFacts): Failure | undefined {
  if (lease.state === "refused") return lease.refusal ?? { code: "UnlockRevoked" };
  if (facts.revocation !== undefined) return facts.revocation;
  if (facts.transfer === undefined)
    return { code: "PurposeForbidden", facts: { purpose: lease.purpose, stage: "ended" } };
  return (
    checkPurpose(facts.transfer, lease.purpose) ??
    (facts.hasEnvelope ? undefined : { code: "SsemUserErrorSecretsNotGenerated" })
  );
}

/** Infinity: the lease ends with a boot of the node, which the node itself enforces. */
export function endOf(
  lease: Pick<
    LeaseRecord,
    "renewedAtMs" | "ttlSeconds" | "outageGraceSeconds" | "graceUntilReboot" | "offline"
  >,
): EpochMs {
  if (lease.graceUntilReboot || lease.offline?.kind === "boots") return Number.POSITIVE_INFINITY;
  const graceMs = Math.max(lease.ttlSeconds, lease.outageGraceSeconds) * 1000;
  return Math.max(lease.renewedAtMs + graceMs, lease.offline?.untilMs ?? 0);
}
