import type { ShippingCheck, ShippingLight } from "@databox-cmk/protocol";

import { releaseOf } from "./release-terms.ts";
import { isDispatchAhead, type Verdict, type VerdictFacts } from "./verdict.ts";

export type Shipping = {
  readonly light: ShippingLight;
  readonly checks: readonly ShippingCheck[];
};

/**
 * Is everything in place that the appliance will need at the customer's and on its way back? Asked
 * until the dispatch; nothing of it is decided again later. Undefined afterwards.
 */
export function decideShipping(
  facts: VerdictFacts,
  { causes }: Pick<Verdict, "causes">,
): Shipping | undefined {
  if (!isDispatchAhead(facts.order)) return undefined;
  const isHindered = (code: string) => causes.some((cause) => cause.code === code);
  const { required, approvers } = releaseOf(facts.policy, "unlock").approvals;
  const known = approvers.filter((each) => !facts.unknownApprovers.includes(each));
  const checks: readonly ShippingCheck[] = [
    { name: "access", state: isHindered("UnlockRevoked") ? "Failed" : "Passed" },
    { name: "key", state: stateOfKey(facts) },
    {
      name: "backup",
      state: isHindered("RecoveryKeyMissing")
        ? "Failed"
        : facts.isOwnKey && facts.backups === 0
          ? "Attention"
          : "Passed",
    },
    {
      name: "approvers",
      state:
        approvers.length > 0 && known.length < required
          ? "Failed"
          : // Everyone with the right may decide; they cannot be counted.
            required > 0 && approvers.length === 0
            ? "Open"
            : "Passed",
    },
    // Only an open node can answer one, as that of an export while it is filled.
    { name: "drill", state: facts.drill ?? "Open" },
  ];
  const has = (state: ShippingCheck["state"]) => checks.some((check) => check.state === state);
  return { light: has("Failed") ? "Stop" : has("Attention") ? "Attention" : "Ready", checks };
}

function stateOfKey({ health, isOwnKey }: VerdictFacts): ShippingCheck["state"] {
  // A customer's key that was never checked.
  if (health === undefined) return isOwnKey ? "Attention" : "Passed";
  if (health.state === "healthy") return "Passed";
  const isTooShort =
    health.state === "at-risk" &&
    health.risks.some(({ risk }) => risk === "expires-before-order-end");
  return health.state === "unusable" || isTooShort ? "Failed" : "Attention";
}
