import type { Siblings } from "@databox-cmk/protocol";

import { decideLock, type LockFacts } from "./lock-state.ts";
import type { EpochMs } from "./order.ts";

const LONGEST_SECONDS = 366 * 86_400;

/** When a node last reached the broker: a renewal is a contact, too. */
export function lastContactOf(
  seenAtMs: EpochMs | null | undefined,
  lease: LockFacts["lease"],
): EpochMs | undefined {
  const atMs = Math.max(seenAtMs ?? 0, lease?.renewedAtMs ?? 0);
  return atMs === 0 ? undefined : atMs;
}

/** The facts about one node that another node of its order may know. */
export function describeSibling(
  {
    serial,
    isErased,
    lastSeenAtMs,
    ...facts
  }: Pick<LockFacts, "isPrepared" | "lease"> & {
    readonly serial: string;
    readonly isErased: boolean;
    readonly lastSeenAtMs: EpochMs | undefined;
  },
  nowMs: EpochMs,
): Siblings[number] {
  // A kill switch says nothing about the volume, and is not the other node's business.
  const { lock } = decideLock({ ...facts, isRevoked: false }, nowMs);
  const isOpen = lock === "unlocked" || lock === "grace";
  const seenAtMs = lastContactOf(lastSeenAtMs, facts.lease) ?? 0;
  return {
    serial,
    lock: isErased ? "erased" : isOpen ? "unlocked" : "locked",
    lastSeenSeconds:
      seenAtMs === 0
        ? undefined
        : Math.min(LONGEST_SECONDS, Math.max(0, Math.round((nowMs - seenAtMs) / 1000))),
  };
}
