import { type ErrorCode, ERRORS } from "@databox-cmk/errors";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

/**
 * What a failure of an order's key means for its backup keys (docs/design/decisions/0016).
 * - `refused`: somebody with authority withdrew the key: the customer's will, which no backup gets around
 * - `gone`: key or vault were deleted, by accident or as a revocation: a person must say which
 * - `unreachable`: nobody with authority answered
 * - `alive`: the vault answered, and said neither yes nor no
 * - `other`: says nothing about the vault: our own fault, or the identity provider's
 */
export type FailureMeaning = "refused" | "gone" | "unreachable" | "alive" | "other";

export function meaningOf({ code, reason }: Pick<Failure, "code" | "reason">): FailureMeaning {
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (code === "SsemUserErrorKeyVaultDetailsNotFound")
    return reason === "tenant-moved" ? "refused" : "gone";
  return ERRORS[code].class === "refused" || code.startsWith("SsemUserError") ? "refused" : "other";
}

const MEANINGS: Partial<Record<ErrorCode, FailureMeaning>> = {
  SsemUserErrorKeyDetailsNotFound: "gone",
  KeyVaultUnreachable: "unreachable",
  KeyVaultUnexpectedAnswer: "unreachable",
  KeyVaultThrottled: "alive",
};

/** What is known of the key in force of an order that has backups; nothing is stored while it works. */
export type PrimaryStanding =
  | { readonly kind: "working" }
  | {
      readonly kind: "refused" | "gone" | "unreachable";
      readonly code: ErrorCode;
      readonly sinceMs: EpochMs;
    };

/**
 * A refusal outlives the silence that follows it: whoever withdraws a key and then cuts the vault off has still withdrawn
 * it. Only a use that works ends it.
 */
export function nextStanding(
  former: PrimaryStanding,
  failure: Failure,
  nowMs: EpochMs,
): PrimaryStanding {
  const meaning = meaningOf(failure);
  switch (meaning) {
    case "refused":
    case "gone":
      return former.kind === meaning
        ? former
        : { kind: meaning, code: failure.code, sinceMs: nowMs };
    case "unreachable":
      return former.kind === "working"
        ? { kind: "unreachable", code: failure.code, sinceMs: nowMs }
        : former;
    case "alive":
      return former.kind === "unreachable" ? { kind: "working" } : former;
    case "other":
      return former;
  }
}
