import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";
import { meaningOf, type PrimaryStanding } from "./primary-standing.ts";

export type BackupFacts = {
  /** Already includes the present failure. */
  readonly standing: PrimaryStanding;
  /**
   * Since when the failure lasted for which an authorised person ordered the use of the backup key,
   * while that order is valid.
   */
  readonly orderedForMs: EpochMs | undefined;
  readonly afterSeconds: number;
  readonly nowMs: EpochMs;
};

export type BackupDecision =
  | { readonly kind: "use" }
  /** The backup key is used automatically from then on. */
  | { readonly kind: "wait"; readonly fromMs: EpochMs }
  /** The backup key is used only if a person orders it. */
  | { readonly kind: "ask" }
  | { readonly kind: "never" };

/**
 * Decides whether a backup key may replace the current key, which just failed. A refusal is the
 * customer's will and is never bypassed, not even by order. A deletion may be a revocation, so a
 * person must confirm that it is not. An order covers only the failure that it was given for: an
 * order for an outage does not cover a later deletion, whatever the clock said then.
 */
export function decideBackup(failure: Failure, facts: BackupFacts): BackupDecision {
  const { standing, orderedForMs, afterSeconds, nowMs } = facts;
  const meaning = meaningOf(failure);
  if (meaning !== "gone" && meaning !== "unreachable") return { kind: "never" };
  if (standing.kind === "working" || standing.kind === "refused") return { kind: "never" };
  const isOrdered = orderedForMs === standing.sinceMs;
  switch (standing.kind) {
    case "gone":
      return { kind: isOrdered ? "use" : "ask" };
    case "unreachable": {
      const fromMs = standing.sinceMs + afterSeconds * 1000;
      return isOrdered || nowMs >= fromMs ? { kind: "use" } : { kind: "wait", fromMs };
    }
  }
}
