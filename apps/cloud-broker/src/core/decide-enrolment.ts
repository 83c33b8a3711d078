import type { EpochMs } from "./order.ts";
import type { Outcome } from "./ports.ts";
import { enrolmentAllowed } from "./unlock-purposes.ts";

/** The node that a right code names. */
export type EnrolmentFacts = {
  readonly codeExpiresAtMs: EpochMs;
  /** Thumbprint of the key that is enrolled, for good. */
  readonly enrolledKid: string | undefined;
  readonly stage: string;
  /** Its volume is locked already: another device takes the place of the one that did it. */
  readonly wasPrepared: boolean;
};

/** A key that is enrolled may ask again, whatever became of its code; a node without one enrols by a code that its operator was given. */
export function decideEnrolment(
  node: EnrolmentFacts,
  kid: string,
  nowMs: EpochMs,
): Outcome<{ readonly isRepeated: boolean }> {
  if (node.enrolledKid === kid) return { ok: true, value: { isRepeated: true } };
  if (node.enrolledKid !== undefined) return { ok: false, failure: { code: "EnrolmentConflict" } };
  if (node.codeExpiresAtMs <= nowMs)
    return { ok: false, failure: { code: "EnrolmentCodeInvalid" } };
  if (!enrolmentAllowed(node.stage, node.wasPrepared))
    return {
      ok: false,
      failure: {
        code: "PurposeForbidden",
        detail: `purpose: nothing can be enrolled while the order is at ${node.stage}`,
        facts: { purpose: "prepare", stage: node.stage },
      },
    };
  return { ok: true, value: { isRepeated: false } };
}
