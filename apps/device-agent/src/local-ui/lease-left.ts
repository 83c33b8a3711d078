import type { LocalState } from "@databox-cmk/protocol";

import { endOfGrace } from "../core/lease-state.ts";
import type { HeldLease } from "../core/lease-state.ts";

type Left = Omit<Extract<LocalState["lock"], { kind: "unlocked" }>, "kind" | "since">;

export function leftOfLease(lease: HeldLease, bootMs: number): Left {
  return {
    by: "network",
    secondsSinceAnswer: Math.max(0, Math.round((bootMs - lease.answeredAtMs) / 1000)),
    graceLeftSeconds: Math.max(0, Math.round((endOfGrace(lease) - bootMs) / 1000)),
  };
}
