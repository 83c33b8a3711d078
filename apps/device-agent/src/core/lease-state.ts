import {
  type Lease,
  messageHash,
  type OfflineLease,
  renewalIntervalMs,
  uuid,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { Moment } from "./moment.ts";
import type { RetryTerms } from "./retry-after.ts";

const seconds = z.int().check(z.gte(0), z.lte(366 * 86_400));

export const CLOSING_CAUSES = ["order", "boot", "rollback", "outage"] as const;
export type ClosingCause = (typeof CLOSING_CAUSES)[number];

/**
 * The lease that keeps a volume open. It uses the machine's boot clock, since the wall clock can be
 * set by hand.
 */
export const heldLease = z.strictObject({
  id: uuid,
  ttlSeconds: seconds,
  outageGraceSeconds: seconds,
  /** Only a reboot ends the outage grace. */
  graceUntilReboot: z.optional(z.literal(true)),
  /** How long an answer that a person carried holds by itself. */
  offline: z.optional(
    z.discriminatedUnion("kind", [
      /** On the boot clock. */
      z.strictObject({ kind: z.literal("duration"), untilMs: z.int().check(z.gte(0)) }),
      z.strictObject({ kind: z.literal("boots") }),
    ]),
  ),
  sequence: z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER)),
  grantHash: messageHash,
  /** When the broker last answered for it, in milliseconds of the boot clock. */
  answeredAtMs: z.int().check(z.gte(0)),
  /** The broker's last signed answer that was neither a renewal nor an order; a renewal ends it. */
  hindered: z.optional(
    z.strictObject({
      code: z.string().check(z.maxLength(128)),
      reason: z.optional(z.string().check(z.maxLength(128))),
    }),
  ),
  /** The decision to close is durable before the volume is touched, and is final. */
  closing: z.optional(z.enum(CLOSING_CAUSES)),
});
export type HeldLease = z.infer<typeof heldLease>;

/** The machine's own facts at this moment. */
export type LeaseMoment = Moment & {
  readonly counter: number;
  /** Highest counter that this process has seen. */
  readonly highestCounter: number;
  /** A wait at the broker, which renews the lease with its answer. */
  readonly isRenewing: boolean;
};

export type LeaseStep =
  | { readonly kind: "close"; readonly cause: ClosingCause }
  | { readonly kind: "renew" }
  | { readonly kind: "wait"; readonly untilMs: number };

/**
 * The answer to a wait is late after half of a lease, and the lease is then renewed by itself. The
 * shortest leases leave one attempt.
 */
const INTERVALS_OF_WAIT = 1.5;

type ClosingRule = (lease: HeldLease, unlockedIn: string, moment: LeaseMoment) => boolean;

/**
 * The conditions that close a volume, by name; the first that holds is reported. Nothing else
 * closes a volume.
 */
const CLOSINGS = {
  order: (lease) => lease.closing === "order",
  boot: (lease, unlockedIn, moment) =>
    lease.closing === "boot" || unlockedIn !== moment.bootId || moment.bootMs < lease.answeredAtMs,
  rollback: (lease, _unlockedIn, moment) =>
    lease.closing === "rollback" || moment.counter < moment.highestCounter,
  outage: (lease, _unlockedIn, moment) => lease.closing === "outage" || isOver(lease, moment),
} as const satisfies Record<ClosingCause, ClosingRule>;

/**
 * The next step of the holder of a lease.
 *
 * @param unlockedIn - the boot that the volume was opened in
 */
export function decideLeaseStep(
  lease: HeldLease,
  unlockedIn: string,
  moment: LeaseMoment,
): LeaseStep {
  const cause = CLOSING_CAUSES.find((name) => CLOSINGS[name](lease, unlockedIn, moment));
  if (cause !== undefined) return { kind: "close", cause };
  const intervals = moment.isRenewing ? INTERVALS_OF_WAIT : 1;
  const renewAtMs = lease.answeredAtMs + intervals * renewalIntervalMs(lease);
  if (moment.bootMs >= renewAtMs) return { kind: "renew" };
  const end = endOfLease(lease);
  return { kind: "wait", untilMs: end.kind === "time" ? Math.min(renewAtMs, end.atMs) : renewAtMs };
}

export type LeaseEnd =
  | { readonly kind: "time"; readonly atMs: number }
  | { readonly kind: "reboot" };

/**
 * When a volume is closed without an answer: at the end of the grace since the last answer, never
 * earlier than the end of the lease itself or of a carried answer.
 */
export function endOfLease(lease: HeldLease): LeaseEnd {
  const { answeredAtMs, ttlSeconds, outageGraceSeconds, graceUntilReboot, offline } = lease;
  if (graceUntilReboot === true || offline?.kind === "boots") return { kind: "reboot" };
  const graceEndMs = answeredAtMs + Math.max(ttlSeconds, outageGraceSeconds) * 1000;
  return { kind: "time", atMs: Math.max(graceEndMs, offline?.untilMs ?? 0) };
}

function isOver(lease: HeldLease, { bootMs }: Moment): boolean {
  const end = endOfLease(lease);
  return end.kind === "time" && bootMs >= end.atMs;
}

/** The held lease of a new grant. */
export function holdLease(given: Lease, grantHash: string, answeredAtMs: number): HeldLease {
  const { offline, ...terms } = given;
  return {
    ...terms,
    grantHash,
    answeredAtMs,
    offline: offline === undefined ? undefined : holdOffline(offline, answeredAtMs),
  };
}

function holdOffline(offline: OfflineLease, nowMs: number): HeldLease["offline"] {
  return offline.kind === "boots"
    ? { kind: "boots" }
    : { kind: "duration", untilMs: nowMs + offline.seconds * 1000 };
}

/**
 * @returns the lease to hold from now on; an answer for another lease, or an old one, changes
 * nothing
 */
export function acceptRenewal(
  held: HeldLease,
  given: Omit<Lease, "offline">,
  answeredAtMs: number,
): HeldLease {
  if (held.closing !== undefined || given.id !== held.id || given.sequence <= held.sequence)
    return held;
  const { ttlSeconds, outageGraceSeconds, graceUntilReboot, sequence } = given;
  return {
    ...held,
    hindered: undefined,
    ttlSeconds,
    outageGraceSeconds,
    graceUntilReboot: graceUntilReboot === true ? true : undefined,
    sequence,
    answeredAtMs,
  };
}

/** Retries a renewal or a wait for news after the time between renewals at the latest. */
export function renewalRetry(lease: Pick<HeldLease, "ttlSeconds">): RetryTerms {
  return { firstMs: 1000, maxMs: Math.max(250, renewalIntervalMs(lease)) };
}
