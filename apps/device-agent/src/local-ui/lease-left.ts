import type { LocalState } from "@databox-cmk/protocol";

import { endOfLease } from "../core/lease-state.ts";
import type { HeldLease } from "../core/lease-state.ts";

type Left = Omit<Extract<LocalState["lock"], { kind: "unlocked" }>, "kind" | "since">;

export function leftOfLease(lease: HeldLease, bootMs: number): Left {
  const end = endOfLease(lease);
  return {
    by: lease.offline === undefined ? "network" : "carried-answer",
    secondsSinceAnswer: Math.max(0, Math.round((bootMs - lease.answeredAtMs) / 1000)),
    graceLeftSeconds:
      end.kind === "reboot" ? undefined : Math.max(0, Math.round((end.atMs - bootMs) / 1000)),
  };
}
