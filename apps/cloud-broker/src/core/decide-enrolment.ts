import { failed } from "./failed.ts";
import type { EpochMs } from "./order.ts";
import type { Outcome } from "./ports.ts";
import { enrolmentAllowed, type TransferStage } from "./unlock-purposes.ts";

/** The node that a valid enrolment code names. */
export type EnrolmentFacts = TransferStage & {
  readonly codeExpiresAtMs: EpochMs;
  /** Thumbprint of the enrolled key; it never changes. */
  readonly enrolledKid: string | undefined;
  /** The node's volume is already locked: this device replaces the one that locked it. */
  readonly wasPrepared: boolean;
};

/**
 * An enrolled key may enrol again, even if its code is used or expired. A node without a key enrols
 * with the code that its operator received.
 */
export function decideEnrolment(
  node: EnrolmentFacts,
  kid: string,
  nowMs: EpochMs,
): Outcome<{ readonly isRepeated: boolean }> {
  if (node.enrolledKid === kid) return { ok: true, value: { isRepeated: true } };
  if (node.enrolledKid !== undefined) return failed({ code: "EnrolmentConflict" });
  if (node.codeExpiresAtMs <= nowMs) return failed({ code: "EnrolmentCodeInvalid" });
  if (!enrolmentAllowed(node, node.wasPrepared))
    return failed({
      code: "PurposeForbidden",
      detail: `purpose: nothing can be enrolled while the order is at ${node.stage}`,
      facts: { purpose: "prepare", stage: node.stage },
    });
  return { ok: true, value: { isRepeated: false } };
}
