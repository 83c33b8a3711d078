import { newestVersion } from "../core/key-vault/key-view.ts";
import type { OperationName } from "../core/key-vault/operations.ts";
import { REFUSALS, type Refusal } from "../core/key-vault/refusal.ts";
import {
  type KeyShape,
  NOTHING_SPENT,
  shapeOf,
  spend,
  type Spending,
  SUBSCRIPTION_VAULTS,
  transactionCost,
} from "../core/key-vault/throttle.ts";
import type { Key, Vault } from "../core/model.ts";
import type { ChooseBehaviour } from "../core/unverified.ts";

/** Key creation has its own, far smaller budget. */
const CREATING: ReadonlySet<OperationName> = new Set(["create", "import", "rotate", "restore"]);

/** Counts what each vault and subscription has spent of its budgets; forgotten at restart. */
export function createThrottle() {
  const spent = new Map<string, Spending>();
  return (input: {
    vault: Vault;
    operation: OperationName;
    key: Key | undefined;
    /** The key in the body of create or import; undefined: the existing one. */
    isHsm?: boolean | undefined;
    choose: ChooseBehaviour;
    nowMs: number;
  }): Refusal | undefined => {
    const kind = CREATING.has(input.operation) ? "create" : "other";
    const shape: KeyShape | undefined = input.key && shapeOf(newestVersion(input.key).jwk);
    const isHsm = input.isHsm ?? shape?.protection === "hsm";
    const cost = transactionCost(kind, {
      size: shape?.size ?? 2048,
      protection: isHsm ? "hsm" : "software",
    });
    const budgets = [
      {
        name: `${kind}:vault:${input.vault.name.toLowerCase()}`,
        budget: 1,
        reason: "VaultRequestTypeLimitReached",
      },
      {
        name: `${kind}:subscription:${input.vault.subscriptionId}`,
        budget: SUBSCRIPTION_VAULTS,
        reason: "VaultOperationLimitReached",
      },
    ] as const;
    const spendings: [string, Spending][] = [];
    for (const { name, budget, reason } of budgets) {
      const decision = spend(spent.get(name) ?? NOTHING_SPENT, cost, input.nowMs, budget);
      if (decision.kind === "exhausted") {
        return REFUSALS.throttled(
          reason,
          input.choose("throttled-retry-after") === "present"
            ? decision.retryAfterSeconds
            : undefined,
        );
      }
      spendings.push([name, decision.spending]);
    }
    // Only now: a transaction that one budget refuses must not count against the other.
    for (const [name, spending] of spendings) spent.set(name, spending);
    return undefined;
  };
}
