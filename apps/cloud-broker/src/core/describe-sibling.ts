import type { Siblings } from "@databox-cmk/protocol";

import { decideLock, type LockFacts } from "./lock-state.ts";
import type { EpochMs } from "./order.ts";

const LONGEST_SECONDS = 366 * 86_400;

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
  const seenAtMs = Math.max(lastSeenAtMs ?? 0, facts.lease?.renewedAtMs ?? 0);
  return {
    serial,
    lock: isErased ? "erased" : isOpen ? "unlocked" : "locked",
    lastSeenSeconds:
      seenAtMs === 0
        ? undefined
        : Math.min(LONGEST_SECONDS, Math.max(0, Math.round((nowMs - seenAtMs) / 1000))),
  };
}
