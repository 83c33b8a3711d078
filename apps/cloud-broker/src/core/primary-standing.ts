import { type ErrorCode, ERRORS } from "@databox-cmk/errors";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

/**
 * The meaning of an order's key failure for its backup keys (docs/design/decisions/0016).
 * - `refused`: an authority withdrew the key; this is the customer's will, and no backup bypasses
 * it
 * - `gone`: key or vault were deleted, by accident or as a revocation; a person must decide which
 * - `unreachable`: no authoritative answer
 * - `alive`: the vault answered, but neither allowed nor refused
 * - `other`: says nothing about the vault: a fault of the broker, or of the identity provider
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

/** The known state of an order's current key; nothing is stored while the key works. */
export type PrimaryStanding =
  | { readonly kind: "working" }
  | {
      readonly kind: "refused" | "gone" | "unreachable";
      readonly code: ErrorCode;
      readonly sinceMs: EpochMs;
    };

/**
 * A refusal outlasts a later outage: a customer who withdraws a key and then cuts off the vault has
 * still withdrawn it. Only a successful use or check ends it.
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
