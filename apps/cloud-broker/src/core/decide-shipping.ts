import type { ShippingState, VerdictView } from "@databox-cmk/protocol";

import { releaseOf } from "./release-terms.ts";
import { isDispatchAhead, type Verdict, type VerdictFacts } from "./verdict.ts";

/**
 * Is everything in place that the appliance will need at the customer's and on its way back?
 * Undefined after the dispatch.
 */
export function decideShipping(
  facts: VerdictFacts,
  { causes }: Pick<Verdict, "causes">,
): VerdictView["shipping"] {
  if (!isDispatchAhead(facts.order)) return undefined;
  const isHindered = (code: string) => causes.some((cause) => cause.code === code);
  const { required, approvers } = releaseOf(facts.policy, "unlock").approvals;
  const known = approvers.filter((each) => !facts.unknownApprovers.includes(each));
  const isAlone = facts.isOwnKey && facts.backups === 0;
  const states: Readonly<Record<string, ShippingState>> = {
    access: isHindered("UnlockRevoked") ? "Failed" : "Passed",
    key: stateOfKey(facts),
    backup: isHindered("RecoveryKeyMissing") ? "Failed" : isAlone ? "Attention" : "Passed",
    // Without names, everyone with the right may decide; they cannot be counted.
    approvers:
      approvers.length === 0 && required > 0
        ? "Open"
        : approvers.length > 0 && known.length < required
          ? "Failed"
          : "Passed",
    // Only an open node can answer one, as that of an export while it is filled.
    drill: facts.drill ?? "Open",
  };
  const found = new Set(Object.values(states));
  return {
    light: found.has("Failed") ? "Failed" : found.has("Attention") ? "Attention" : "Passed",
    checks: Object.entries(states).map(([name, state]) => ({ name, state })),
  };
}

function stateOfKey({ health, isOwnKey }: VerdictFacts): ShippingState {
  // A customer's key that was never checked.
  if (health === undefined) return isOwnKey ? "Attention" : "Passed";
  if (health.state === "healthy") return "Passed";
  const isTooShort =
    health.state === "at-risk" &&
    health.risks.some(({ risk }) => risk === "expires-before-order-end");
  return health.state === "unusable" || isTooShort ? "Failed" : "Attention";
}
