import type { OrderSummary } from "@databox-cmk/protocol";

import type { LeaseState } from "./decide-renewal.ts";
import type { EpochMs } from "./order.ts";

export type LockState = OrderSummary["nodes"][number]["lock"];

/**
 * The broker's facts about a node's lock: its newest lease, unless superseded, and an active kill
 * switch.
 */
export type LockFacts = {
  readonly isPrepared: boolean;
  readonly isRevoked: boolean;
  readonly lease?:
    | {
        readonly state: LeaseState;
        readonly grantedAtMs: EpochMs;
        readonly renewedAtMs: EpochMs;
        readonly ttlSeconds: number;
        readonly outageGraceSeconds: number;
        readonly graceUntilReboot: boolean;
        /** A carried answer says until when the node may be open; `boots`: unknown. */
        readonly offline?: { readonly untilMs: EpochMs } | "boots" | undefined;
      }
    | undefined;
  /** When the node last reported, signed, that it closed its volume. */
  readonly closedAtMs?: EpochMs | undefined;
  /** When the node's own certificate of its erasure was kept. */
  readonly erasedAtMs?: EpochMs | undefined;
};

/**
 * A refused lease counts until it expires, since the node may not have received the refusal. Only
 * the node's own receipt proves that it closed.
 */
export function decideLock(
  { isPrepared, isRevoked, lease, closedAtMs, erasedAtMs }: LockFacts,
  nowMs: EpochMs,
): {
  readonly lock: LockState;
  readonly sinceMs?: EpochMs | undefined;
  /** When an open volume that sends no renewal closes by itself. */
  readonly untilMs?: EpochMs | undefined;
} {
  if (!isPrepared) return { lock: "notPrepared" };
  if (erasedAtMs !== undefined) return { lock: "locked", sinceMs: erasedAtMs };
  if (isRevoked) return { lock: "revoked" };
  if (lease !== undefined && (lease.state === "live" || lease.state === "refused")) {
    const sinceMs = lease.grantedAtMs;
    const { offline } = lease;
    if (offline !== undefined)
      return offline === "boots"
        ? { lock: "unlocked", sinceMs }
        : nowMs < offline.untilMs
          ? { lock: "unlocked", sinceMs, untilMs: offline.untilMs }
          : { lock: "locked", sinceMs: offline.untilMs };
    const endMs = lease.renewedAtMs + lease.ttlSeconds * 1000;
    if (nowMs < endMs) return { lock: "unlocked", sinceMs };
    if (lease.graceUntilReboot) return { lock: "grace", sinceMs: endMs };
    // As in the agent: the grace period also begins with the last answer.
    const graceEndMs =
      lease.renewedAtMs + Math.max(lease.ttlSeconds, lease.outageGraceSeconds) * 1000;
    return nowMs < graceEndMs
      ? { lock: "grace", sinceMs: endMs, untilMs: graceEndMs }
      : { lock: "locked", sinceMs: graceEndMs };
  }
  return { lock: "locked", sinceMs: closedAtMs };
}
