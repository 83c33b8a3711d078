import type { Receipt } from "@databox-cmk/protocol";

import { failed, malformed } from "./failed.ts";
import type { Outcome } from "./ports.ts";
import type { UnlockPurpose } from "./unlock-purposes.ts";

/** The grant that a receipt names, if its node received it. */
export type GrantOfReceipt =
  | {
      readonly purpose: UnlockPurpose;
      readonly receiptHash: string | undefined;
      readonly receiptOutcome: string | undefined;
    }
  | undefined;

/** The outcomes that a device can report for a grant of each purpose. */
const OUTCOMES: Readonly<Record<UnlockPurpose, readonly Receipt["outcome"][]>> = {
  prepare: ["prepared", "failed"],
  unlock: ["unlocked", "failed"],
  ingest: ["unlocked", "failed"],
  fill: ["unlocked", "failed"],
};

/**
 * A receipt that repeats the known outcome, signed again after a crash, is acknowledged; a receipt
 * that contradicts it is not.
 */
export function decideReceipt(
  receipt: Receipt,
  grant: GrantOfReceipt,
): Outcome<{ readonly isRepeated: boolean }> {
  if (receipt.outcome === "failed" && receipt.code === undefined)
    return malformed("code: expected with the outcome failed");
  if (grant === undefined)
    return failed({
      code: "OrderMismatch",
      detail: "grantHash: no such grant was given to this node",
    });
  if (!OUTCOMES[grant.purpose].includes(receipt.outcome))
    return malformed(`outcome: not one of purpose ${grant.purpose}`);
  if (grant.receiptHash === undefined) return { ok: true, value: { isRepeated: false } };
  if (grant.receiptOutcome === receipt.outcome) return { ok: true, value: { isRepeated: true } };
  return failed({
    code: "ReplayDetected",
    detail: "grantHash: another outcome was reported before",
  });
}
