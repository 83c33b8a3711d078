import type { ErrorClass } from "@databox-cmk/errors";

import { type AgentEvent, type FailureOutcome, isFailure } from "./agent-event.ts";

/**
 * The meaning of an exit code for a script. `refused` is final until a person acts; `unreachable`
 * is worth a retry.
 */
export const EXIT_CODES = {
  ok: 0,
  internal: 1,
  misuse: 2,
  refused: 3,
  unreachable: 4,
  invalid: 5,
  pending: 6,
} as const satisfies Record<ErrorClass | "ok" | "misuse", number>;

export const OUTCOMES = {
  refused: "refused",
  unreachable: "unreachable",
  invalid: "invalid",
  pending: "pending",
  internal: "failed",
} as const satisfies Record<ErrorClass, FailureOutcome>;

export function exitCodeOf(event: AgentEvent): number {
  if (!isFailure(event)) return EXIT_CODES.ok;
  if (event.code === "Misuse") return EXIT_CODES.misuse;
  // Unlike the others of its class, it is worth a retry: another command ends by itself. A service
  // does not.
  if (event.code === "AgentBusy" && event.reason === undefined) return EXIT_CODES.unreachable;
  return EXIT_CODES[event.class];
}
