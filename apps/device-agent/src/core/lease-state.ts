import { messageHash, uuid } from "@databox-cmk/protocol";
import * as z from "zod/mini";

const seconds = z.int().check(z.gte(0), z.lte(366 * 86_400));

export const CLOSING_CAUSES = ["order", "boot", "rollback", "outage"] as const;
export type ClosingCause = (typeof CLOSING_CAUSES)[number];

/** The lease that keeps a volume open. Its time runs on the machine's boot clock: the wall clock is set by hand. */
export const heldLease = z.strictObject({
  id: uuid,
  ttlSeconds: seconds,
  outageGraceSeconds: seconds,
  sequence: z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER)),
  grantHash: messageHash,
  /** When the broker last answered for it, in milliseconds of the boot clock. */
  answeredAtMs: z.int().check(z.gte(0)),
  /** The decision to close is durable before the volume is touched, and is not taken back. */
  closing: z.optional(z.enum(CLOSING_CAUSES)),
});
export type HeldLease = z.infer<typeof heldLease>;

/** What the machine knows of itself at this moment. */
export type Moment = {
  readonly bootMs: number;
  readonly bootId: string;
  readonly counter: number;
  /** Highest counter that this process has seen. */
  readonly highestCounter: number;
};

export type LeaseStep =
  | { readonly kind: "close"; readonly cause: ClosingCause }
  | { readonly kind: "renew" }
  | { readonly kind: "wait"; readonly untilMs: number };

/** A third of a lease: two tries may be lost before it is over. */
const RENEWALS_PER_LEASE = 3;

type ClosingRule = (lease: HeldLease, unlockedIn: string, moment: Moment) => boolean;

/** When a volume is closed, and by what name; the first that holds is told. Nothing else closes one. */
const CLOSINGS = {
  order: (lease) => lease.closing === "order",
  boot: (lease, unlockedIn, moment) =>
    lease.closing === "boot" || unlockedIn !== moment.bootId || moment.bootMs < lease.answeredAtMs,
  rollback: (lease, _unlockedIn, moment) =>
    lease.closing === "rollback" || moment.counter < moment.highestCounter,
  outage: (lease, _unlockedIn, moment) =>
    lease.closing === "outage" || moment.bootMs >= endOfGrace(lease),
} as const satisfies Record<ClosingCause, ClosingRule>;

/** What the holder of a lease does now. @param unlockedIn - the boot that the volume was opened in */
export function decideLeaseStep(lease: HeldLease, unlockedIn: string, moment: Moment): LeaseStep {
  const cause = CLOSING_CAUSES.find((name) => CLOSINGS[name](lease, unlockedIn, moment));
  if (cause !== undefined) return { kind: "close", cause };
  const renewAtMs = lease.answeredAtMs + renewalIntervalMs(lease);
  if (moment.bootMs >= renewAtMs) return { kind: "renew" };
  return { kind: "wait", untilMs: Math.min(renewAtMs, endOfGrace(lease)) };
}

export function renewalIntervalMs({ ttlSeconds }: Pick<HeldLease, "ttlSeconds">): number {
  return (ttlSeconds * 1000) / RENEWALS_PER_LEASE;
}

/** Without an answer a volume stays open this long after the last one; never shorter than the lease itself. */
export function endOfGrace(lease: HeldLease): number {
  return lease.answeredAtMs + Math.max(lease.ttlSeconds, lease.outageGraceSeconds) * 1000;
}

/** @returns the lease to hold from now on; an answer for another lease, or an old one, changes nothing */
export function acceptRenewal(
  held: HeldLease,
  given: Pick<HeldLease, "id" | "ttlSeconds" | "outageGraceSeconds" | "sequence">,
  askedAtMs: number,
): HeldLease {
  if (held.closing !== undefined || given.id !== held.id || given.sequence <= held.sequence)
    return held;
  const { ttlSeconds, outageGraceSeconds, sequence } = given;
  return { ...held, ttlSeconds, outageGraceSeconds, sequence, answeredAtMs: askedAtMs };
}

/** Wait before the next try after `failures` in a row: full jitter, never longer than the time between renewals. */
export function retryAfterMs(lease: HeldLease, failures: number, random: number): number {
  const capMs = Math.max(250, renewalIntervalMs(lease));
  return Math.max(100, random * Math.min(capMs, 500 * 2 ** Math.min(failures, 10)));
}
