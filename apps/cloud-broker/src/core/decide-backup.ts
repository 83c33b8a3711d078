import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";
import { meaningOf, type PrimaryStanding } from "./primary-standing.ts";

export type BackupFacts = {
  /** After the failure at hand was noted. */
  readonly standing: PrimaryStanding;
  /** When somebody with the right said "use the backup now", while that has not ended. */
  readonly orderedAtMs: EpochMs | undefined;
  readonly afterSeconds: number;
  readonly nowMs: EpochMs;
};

export type BackupDecision =
  | { readonly kind: "use" }
  /** By itself, from then on. */
  | { readonly kind: "wait"; readonly fromMs: EpochMs }
  /** Only by order. */
  | { readonly kind: "ask" }
  | { readonly kind: "never" };

/**
 * Whether a backup key may stand in for the key in force, which just failed. A refusal is the customer's will and is never
 * got around, not even by order; a deletion may be one, so that a person must say that it is none. An order is for what
 * was known when it was given: one for an outage is none for a deletion that came later.
 */
export function decideBackup(failure: Failure, facts: BackupFacts): BackupDecision {
  const { standing, orderedAtMs, afterSeconds, nowMs } = facts;
  const meaning = meaningOf(failure);
  if (meaning !== "gone" && meaning !== "unreachable") return { kind: "never" };
  if (standing.kind === "working" || standing.kind === "refused") return { kind: "never" };
  const isOrdered = orderedAtMs !== undefined && orderedAtMs >= standing.sinceMs;
  switch (standing.kind) {
    case "gone":
      return { kind: isOrdered ? "use" : "ask" };
    case "unreachable": {
      const fromMs = standing.sinceMs + afterSeconds * 1000;
      return isOrdered || nowMs >= fromMs ? { kind: "use" } : { kind: "wait", fromMs };
    }
  }
}
