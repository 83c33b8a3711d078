import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs, OrderId } from "../../core/order.ts";
import type { FinalFacts } from "../../core/ways-out.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import type { Store } from "../../store/store.ts";
import {
  countedSwitches,
  type CoveringScopes,
  revocationOf,
  scopesOfNode,
  standingSwitch,
} from "../kill-switches/revocations.ts";
import { budgetOf, type UnlockBudget } from "../limits/unlock-budget.ts";
import { parseStoredPolicy } from "../policy/read-unlock-policy.ts";

/** The present permissions of an order's nodes, and whether a nonce was used. */
export type LoadedFacts = Pick<FinalFacts, "policyRevision" | "revocation" | "switches"> & {
  /** The order's own policy; undefined while the default applies. */
  readonly policy: UnlockPolicy | undefined;
  readonly budget: UnlockBudget | undefined;
  readonly usedNonce: UsedNonce | undefined;
};

export type UsedNonce = { readonly requestHash: string; readonly expiresAtMs: EpochMs };

const select = compileOnce((store, wanted: { readonly nonceHash: string } & CoveringScopes) =>
  store
    .selectFrom("orders")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .leftJoin("unlock_budgets", "unlock_budgets.order_id", "orders.id")
    .leftJoin("consumed_nonces", (join) =>
      join.on((nonce) => nonce("consumed_nonces.nonce_hash", "=", nonce.val(wanted.nonceHash))),
    )
    .select([
      "unlock_policies.policy_json",
      "unlock_policies.revision as policy_revision",
      "unlock_budgets.unlocks_per_day",
      "unlock_budgets.day_ms",
      "unlock_budgets.used",
      "consumed_nonces.request_hash",
      "consumed_nonces.expires_at_ms",
      standingSwitch(wanted),
      countedSwitches(wanted),
    ])
    .where("orders.id", "=", wanted.order),
);

/**
 * One statement. Throws if it cannot be read, and then nothing is granted.
 *
 * @param nonceHash - undefined if no nonce proves the freshness
 * @returns undefined when the order is gone
 */
export async function loadReleaseFacts(
  store: Store,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  nonceHash: string | undefined,
): Promise<LoadedFacts | undefined> {
  const wanted = { nonceHash: nonceHash ?? "", ...scopesOfNode(order, serial) };
  const [row] = await select(store, wanted);
  if (row === undefined) return undefined;
  const { request_hash: requestHash, expires_at_ms: expiresAtMs } = row;
  return {
    policy: parseStoredPolicy(row.policy_json),
    policyRevision: row.policy_revision,
    revocation: revocationOf(row.revocation),
    switches: row.switches ?? 0,
    budget: budgetOf(row),
    usedNonce:
      requestHash === null || expiresAtMs === null ? undefined : { requestHash, expiresAtMs },
  };
}
