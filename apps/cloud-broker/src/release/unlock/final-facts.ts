import { LEASE_STATES } from "../../core/decide-renewal.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { TransferStage } from "../../core/unlock-purposes.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import type { StoreTransaction } from "../../store/store.ts";
import {
  type CoveringScopes,
  revocationOf,
  scopesOfNode,
  standingSwitch,
} from "../kill-switches/revocations.ts";
import { budgetOf, type UnlockBudget } from "../limits/unlock-budget.ts";
import { ANSWER_LIFETIME_MS } from "../message/stored-answers.ts";
import type { PolicyRevision } from "./release-facts.ts";

/** The facts that may have changed during the vault call. */
export type FinalFacts = TransferStage & {
  readonly revocation: Failure | undefined;
  /** The node has sent a newer request and has its answer. */
  readonly isOvertaken: boolean;
  /** The same message has its answer. */
  readonly isAnswered: boolean;
  readonly budget: UnlockBudget | undefined;
  readonly policyRevision: PolicyRevision;
};

type Asked = { readonly requestHash: string; readonly counter: number };
type Wanted = Asked & { readonly serial: string; readonly forgottenMs: EpochMs } & CoveringScopes;

const select = compileOnce((store, wanted: Wanted) =>
  store
    .selectFrom("orders")
    .leftJoin("unlock_budgets", "unlock_budgets.order_id", "orders.id")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .select((order) => [
      "orders.stage",
      "orders.transfer_type",
      "unlock_budgets.unlocks_per_day",
      "unlock_budgets.day_ms",
      "unlock_budgets.used",
      "unlock_policies.revision as policy_revision",
      standingSwitch(wanted),
      order
        .selectFrom("leases")
        .select("leases.id")
        .where("leases.order_id", "=", wanted.order)
        .where("leases.serial", "=", wanted.serial)
        // All states are listed so that the index is used, however many leases the node had.
        .where("leases.state", "in", LEASE_STATES)
        .where("leases.last_counter", ">", wanted.counter)
        .limit(1)
        .as("newer_lease"),
      order
        .selectFrom("stored_answers")
        .select("stored_answers.request_hash")
        .where("stored_answers.request_hash", "=", wanted.requestHash)
        .where("stored_answers.created_at_ms", ">", wanted.forgottenMs)
        .as("answer"),
    ])
    .where("orders.id", "=", wanted.order),
);

/**
 * Runs in the transaction of a grant, once it has locked the order's audit chain and the node's
 * leases.
 *
 * @param asked - `counter`: a lease with a higher one was requested later
 * @returns undefined when the order is gone
 */
export async function readFinalFacts(
  transaction: StoreTransaction,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  { nowMs, ...asked }: Asked & { readonly nowMs: EpochMs },
): Promise<FinalFacts | undefined> {
  const scopes = scopesOfNode(order, serial);
  const wanted = { serial, forgottenMs: nowMs - ANSWER_LIFETIME_MS, ...asked, ...scopes };
  const [row] = await select(transaction, wanted);
  return (
    row && {
      stage: row.stage,
      transferType: row.transfer_type,
      revocation: revocationOf(row.revocation),
      isOvertaken: row.newer_lease !== null,
      isAnswered: row.answer !== null,
      budget: budgetOf(row),
      policyRevision: row.policy_revision,
    }
  );
}
