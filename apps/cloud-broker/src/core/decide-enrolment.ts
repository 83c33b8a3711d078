import type { EpochMs } from "./order.ts";
import type { Outcome } from "./ports.ts";
import { purposeAllowed } from "./unlock-purposes.ts";

/** The node that a right code names. */
export type EnrolmentFacts = {
  readonly codeExpiresAtMs: EpochMs;
  /** Thumbprint of the key that is enrolled, for good. */
  readonly enrolledKid: string | undefined;
  readonly stage: string;
};

/** A key that is enrolled may ask again, whatever became of its code; a node without one enrols while it is prepared. */
export function decideEnrolment(
  node: EnrolmentFacts,
  kid: string,
  nowMs: EpochMs,
): Outcome<{ readonly isRepeated: boolean }> {
  if (node.enrolledKid === kid) return { ok: true, value: { isRepeated: true } };
  if (node.enrolledKid !== undefined) return { ok: false, failure: { code: "EnrolmentConflict" } };
  if (node.codeExpiresAtMs <= nowMs)
    return { ok: false, failure: { code: "EnrolmentCodeInvalid" } };
  if (!purposeAllowed(node.stage, "prepare"))
    return {
      ok: false,
      failure: {
        code: "PurposeForbidden",
        detail: `purpose: prepare is not allowed while the order is at ${node.stage}`,
        facts: { purpose: "prepare", stage: node.stage },
      },
    };
  return { ok: true, value: { isRepeated: false } };
}
