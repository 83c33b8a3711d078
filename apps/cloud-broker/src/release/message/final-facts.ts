import { messageHash } from "@databox-cmk/crypto";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import { LEASE_STATES } from "../../core/decide-renewal.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { type FinalFacts, withheldFrom } from "../../core/ways-out.ts";
import { lifecycleOfRow } from "../../orders/order.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import type { Store } from "../../store/store.ts";
import {
  countedSwitches,
  coveringScopes,
  type CoveringScopes,
  revocationOf,
  standingSwitch,
} from "../kill-switches/revocations.ts";
import { budgetOf, checkBudget, type UnlockBudget } from "../limits/unlock-budget.ts";
import { parseStoredPolicy } from "../policy/read-unlock-policy.ts";
import type { DeviceNode } from "./device-node.ts";
import type { SignedAnswer } from "./signed-answer.ts";
import { ANSWER_LIFETIME_MS } from "./stored-answers.ts";

/** The facts of the guards, with others that the same statement reads. */
export type KeyFacts = FinalFacts & {
  /** The order's own policy; undefined while the default applies. */
  readonly policy: UnlockPolicy | undefined;
  /** It counts no preparations. */
  readonly budget: UnlockBudget | undefined;
  readonly usedNonce: UsedNonce | undefined;
};

export type UsedNonce = { readonly requestHash: string; readonly expiresAtMs: EpochMs };

/** The parameters beside order and node, of a search that finds nothing. */
const NOTHING = {
  requestHash: "",
  /** A lease with a higher one was requested later. */
  counter: Number.MAX_SAFE_INTEGER,
  /** The hash of the nonce that proves the freshness. */
  nonceHash: "",
};
type Asked = Partial<typeof NOTHING>;
type Wanted = typeof NOTHING & {
  readonly serial: string;
  readonly forgottenMs: EpochMs;
} & CoveringScopes;

const build = (store: Store, wanted: Wanted) =>
  store
    .selectFrom("orders")
    .leftJoin("nodes", (join) =>
      join
        .onRef("nodes.order_id", "=", "orders.id")
        .on((node) => node("nodes.serial", "=", node.val(wanted.serial))),
    )
    .leftJoin("unlock_budgets", "unlock_budgets.order_id", "orders.id")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .leftJoin("consumed_nonces", (join) =>
      join.on((nonce) => nonce("consumed_nonces.nonce_hash", "=", nonce.val(wanted.nonceHash))),
    )
    .select((order) => [
      "orders.stage",
      "orders.stage_status",
      "orders.transfer_type",
      "orders.state_json",
      "nodes.device_kid",
      "unlock_budgets.unlocks_per_day",
      "unlock_budgets.day_ms",
      "unlock_budgets.used",
      "unlock_policies.policy_json",
      "unlock_policies.revision as policy_revision",
      "consumed_nonces.request_hash",
      "consumed_nonces.expires_at_ms",
      standingSwitch(wanted),
      countedSwitches(wanted),
      order
        .selectFrom("leases as newer")
        .select("newer.id")
        .where("newer.order_id", "=", wanted.order)
        .where("newer.serial", "=", wanted.serial)
        // All states are listed so that the index is used, however many leases the node had.
        .where("newer.state", "in", LEASE_STATES)
        .where("newer.last_counter", ">", wanted.counter)
        .limit(1)
        .as("newer_lease"),
      order
        .selectFrom("stored_answers")
        .select("stored_answers.request_hash")
        .where("stored_answers.request_hash", "=", wanted.requestHash)
        .where("stored_answers.created_at_ms", ">", wanted.forgottenMs)
        .as("answer"),
    ])
    .where("orders.id", "=", wanted.order);
/** A search for the switches of any node has no index, which only people wait for. */
const [selectOfNode, selectOfOrder] = [compileOnce(build), compileOnce(build)];

/**
 * The one reader of the facts by which a key may leave (core/ways-out.ts), in one statement: when a
 * request begins, and again in the transaction in which the key leaves, once that has its locks.
 * The lease of a rekeying is read beside it (leases/load-lease.ts). Throws if they cannot be read,
 * and then nothing leaves.
 *
 * @param serial - undefined: a person asks for a secret of all nodes
 * @returns undefined when the order is gone
 */
export async function readFinalFacts(
  store: Store,
  { order, serial }: { readonly order: OrderId; readonly serial?: string },
  {
    purpose,
    nowMs = 0,
    ...asked
  }: Asked & { readonly purpose?: UnlockPurpose | undefined; readonly nowMs?: EpochMs } = {},
): Promise<KeyFacts | undefined> {
  const select = serial === undefined ? selectOfOrder : selectOfNode;
  const [row] = await select(store, {
    ...NOTHING,
    ...asked,
    serial: serial ?? "",
    forgottenMs: nowMs - ANSWER_LIFETIME_MS,
    ...coveringScopes(order, serial),
  });
  if (row === undefined) return undefined;
  const budget = purpose === "prepare" ? undefined : budgetOf(row);
  const { request_hash: usedBy, expires_at_ms: expiresAtMs } = row;
  return {
    order: lifecycleOfRow(row),
    purpose,
    revocation: revocationOf(row.revocation),
    switches: row.switches ?? 0,
    deviceKid: row.device_kid,
    isOvertaken: row.newer_lease !== null,
    isAnswered: row.answer !== null,
    policyRevision: row.policy_revision,
    spent: checkBudget(budget, nowMs),
    policy: parseStoredPolicy(row.policy_json),
    budget,
    usedNonce:
      usedBy === null || expiresAtMs === null ? undefined : { requestHash: usedBy, expiresAtMs },
  };
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
  const facts = await readFinalFacts(store, node, { purpose });
  return withheldFrom(way, facts, {
    // An older broker's approval counts as if it was made before the first switch.
    switches: grant.switches ?? 0,
    policyRevision: grant.policy_revision,
    deviceKid: node.key.kid,
  });
}
