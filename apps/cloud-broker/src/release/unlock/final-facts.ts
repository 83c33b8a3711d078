import { messageHash } from "@databox-cmk/crypto";

import { LEASE_STATES } from "../../core/decide-renewal.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { type FinalFacts, withheldFrom } from "../../core/ways-out.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import type { Store } from "../../store/store.ts";
import {
  countedSwitches,
  type CoveringScopes,
  revocationOf,
  scopesOfNode,
  standingSwitch,
} from "../kill-switches/revocations.ts";
import { budgetOf, checkBudget, type UnlockBudget } from "../limits/unlock-budget.ts";
import type { DeviceNode } from "../message/device-node.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import { ANSWER_LIFETIME_MS } from "../message/stored-answers.ts";

type Asked = { readonly requestHash: string; readonly counter: number };
type Wanted = Asked & { readonly serial: string; readonly forgottenMs: EpochMs } & CoveringScopes;

const select = compileOnce((store, wanted: Wanted) =>
  store
    .selectFrom("orders")
    .leftJoin("nodes", (join) =>
      join
        .onRef("nodes.order_id", "=", "orders.id")
        .on((node) => node("nodes.serial", "=", node.val(wanted.serial))),
    )
    .leftJoin("unlock_budgets", "unlock_budgets.order_id", "orders.id")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .select((order) => [
      "orders.stage",
      "orders.transfer_type",
      "nodes.device_kid",
      "unlock_budgets.unlocks_per_day",
      "unlock_budgets.day_ms",
      "unlock_budgets.used",
      "unlock_policies.revision as policy_revision",
      standingSwitch(wanted),
      countedSwitches(wanted),
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
  store: Store,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  {
    nowMs,
    purpose,
    ...asked
  }: Asked & { readonly nowMs: EpochMs; readonly purpose: UnlockPurpose },
): Promise<(FinalFacts & { readonly budget: UnlockBudget | undefined }) | undefined> {
  const scopes = scopesOfNode(order, serial);
  const wanted = { serial, forgottenMs: nowMs - ANSWER_LIFETIME_MS, ...asked, ...scopes };
  const [row] = await select(store, wanted);
  const budget = row && purpose !== "prepare" ? budgetOf(row) : undefined;
  return (
    row && {
      order: { stage: row.stage, transferType: row.transfer_type, purpose },
      revocation: revocationOf(row.revocation),
      switches: row.switches ?? 0,
      deviceKid: row.device_kid,
      isOvertaken: row.newer_lease !== null,
      isAnswered: row.answer !== null,
      policyRevision: row.policy_revision,
      spent: checkBudget(budget, nowMs),
      budget,
    }
  );
}

/**
 * Why an answer may not be sent once more. A grant must pass the guards again; anything else holds
 * no key.
 */
export async function withheldRepeat(
  store: Store,
  way: "repeated answer" | "repeated carried answer",
  node: Pick<DeviceNode, "order" | "serial" | "key">,
  { text }: Pick<SignedAnswer, "text">,
): Promise<Failure | undefined> {
  const grant = await store
    .selectFrom("grants")
    .select(["purpose", "switches", "policy_revision"])
    .where("grant_hash", "=", messageHash(text))
    .executeTakeFirst();
  if (grant === undefined) return undefined;
  const { purpose } = grant;
  const facts = await readFinalFacts(store, node, {
    requestHash: "",
    counter: Number.MAX_SAFE_INTEGER,
    nowMs: 0,
    purpose,
  });
  return withheldFrom(way, facts, {
    // An older broker's approval counts as if it was made before the first switch.
    switches: grant.switches ?? 0,
    policyRevision: grant.policy_revision,
    deviceKid: node.key.kid,
  });
}
