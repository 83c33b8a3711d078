import type { UnlockPolicy } from "@databox-cmk/protocol";
import type { Selectable } from "kysely";

import {
  type Approval,
  endOf,
  mayDecide,
  type Voter,
  votesThatCount,
} from "../../core/decide-release.ts";
import type { JobDetails } from "../../core/job-details.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import { type ReleaseTerms, termsOf } from "../../core/release-terms.ts";
import { fromJson, type Json } from "../../store/json-column.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";
import { countSwitches } from "../kill-switches/revocations.ts";
import { parseStoredPolicy } from "../policy/read-unlock-policy.ts";
import { approvalOf, readVotes } from "./stored-approvals.ts";

/** A request as approvers see it: the request, and the order's current state. */
export type ApprovalCase = {
  /** In its present state, even if that is not stored yet. */
  readonly approval: Approval;
  readonly row: Selectable<BrokerTables["approvals"]>;
  readonly orderId: OrderId;
  readonly orderName: string;
  readonly resourceGroup: string;
  readonly place: { readonly city?: string | undefined; readonly country?: string | undefined };
  /** Terms of the current policy. */
  readonly terms: ReleaseTerms;
};

export type CaseDependencies = {
  readonly store: Store;
  readonly defaultPolicy: UnlockPolicy;
  readonly nowMs: EpochMs;
};

/** Position in a list, newest first: later entries are older. */
export type CasePosition = { readonly requestedAtMs: EpochMs; readonly id: string };

/** Cases of one order, newest first. */
export async function readCases(
  deps: CaseDependencies,
  order: OrderId,
  page: { readonly after?: CasePosition | undefined; readonly limit: number },
): Promise<readonly ApprovalCase[]> {
  const { after, limit } = page;
  let query = selectCases(deps.store)
    .where("approvals.order_id", "=", order)
    .orderBy("approvals.requested_at_ms", "desc")
    .orderBy("approvals.id", "desc")
    .limit(limit);
  if (after !== undefined)
    query = query.where((where) =>
      where.or([
        where("approvals.requested_at_ms", "<", after.requestedAtMs),
        where.and([
          where("approvals.requested_at_ms", "=", after.requestedAtMs),
          where("approvals.id", "<", after.id),
        ]),
      ]),
    );
  return casesOf(deps, await query.execute());
}

export async function readCase(
  deps: CaseDependencies,
  order: OrderId,
  id: string,
): Promise<ApprovalCase | undefined> {
  const rows = await selectCases(deps.store)
    .where("approvals.order_id", "=", order)
    .where("approvals.id", "=", id)
    .execute();
  const [found] = await casesOf(deps, rows);
  return found;
}

/** Waiting requests in a subscription, oldest first. */
async function readOpenCases(
  deps: CaseDependencies,
  subscriptionId: string,
  limit: number,
): Promise<readonly ApprovalCase[]> {
  const rows = await selectCases(deps.store)
    .where("orders.subscription_id", "=", subscriptionId)
    .where("approvals.state", "=", "open")
    .where("approvals.expires_at_ms", ">", deps.nowMs)
    .orderBy("approvals.requested_at_ms")
    .limit(limit)
    .execute();
  const cases = await casesOf(deps, rows);
  return cases.filter(({ approval }) => approval.state === "open");
}

/**
 * The open cases of a subscription that wait for one person, oldest first.
 *
 * @param isApprover - whether the person's roles allow to decide about an order
 * @param limit - of the open cases, before those of other people are left out
 */
export async function readCasesFor(
  deps: CaseDependencies,
  subscriptionId: string,
  { objectId, isPerson }: Voter,
  isApprover: (order: OrderId) => Promise<boolean>,
  limit: number,
): Promise<readonly ApprovalCase[]> {
  const waiting: ApprovalCase[] = [];
  for (const each of await readOpenCases(deps, subscriptionId, limit))
    if (waitsFor(each, { objectId, isPerson }, deps.nowMs) && (await isApprover(each.orderId)))
      waiting.push(each);
  return waiting;
}

/** Whether a request still waits for a person of the portal; no right to approve is looked up. */
export function createStillWaits({
  store,
  defaultPolicy,
  now,
}: Omit<CaseDependencies, "nowMs"> & { readonly now: Clock }) {
  return async (objectId: string, order: OrderId, id: string): Promise<boolean> => {
    const nowMs = now();
    const found = await readCase({ store, defaultPolicy, nowMs }, order, id);
    return found?.approval.state === "open" && waitsFor(found, { objectId, isPerson: true }, nowMs);
  };
}

/**
 * Whether the case waits for this person: open, theirs to decide, and without a vote of theirs that
 * still counts. An override waits for everyone else, since anyone may reject it.
 */
function waitsFor(
  { approval, terms }: ApprovalCase,
  { objectId, isPerson }: Voter,
  nowMs: EpochMs,
): boolean {
  const own = objectId.toLowerCase();
  const isTheirs =
    approval.effectiveAtMs === undefined
      ? mayDecide(approval, terms, { objectId: own, isPerson }) === undefined
      : own !== approval.requestedBy;
  const counting = votesThatCount(approval, { terms, nowMs, lostRight: new Set() });
  return isTheirs && !counting.some((vote) => vote.objectId === own);
}

function selectCases(store: Store) {
  return store
    .selectFrom("approvals")
    .innerJoin("orders", "orders.id", "approvals.order_id")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "approvals.order_id")
    .leftJoin("node_keys", ofSameNode("node_keys", "approvals"))
    .select([
      "approvals.id",
      "approvals.order_id",
      "approvals.serial",
      "approvals.request_hash",
      "approvals.way",
      "approvals.purpose",
      "approvals.reason",
      "approvals.requested_by",
      "approvals.address",
      "approvals.agent",
      "approvals.stage",
      "approvals.kid",
      "approvals.state",
      "approvals.void_reason",
      "approvals.requested_at_ms",
      "approvals.asked_at_ms",
      "approvals.expires_at_ms",
      "approvals.closed_at_ms",
      "approvals.terms_json",
      "approvals.effective_at_ms",
      "approvals.switches",
      "orders.name",
      "orders.resource_group",
      "orders.stage as stage_now",
      "orders.details_json",
      "unlock_policies.policy_json",
      "node_keys.kid as kid_now",
    ]);
}

type CaseRow = Awaited<ReturnType<ReturnType<typeof selectCases>["execute"]>>[number];

async function casesOf(
  { store, defaultPolicy, nowMs }: CaseDependencies,
  rows: readonly CaseRow[],
): Promise<readonly ApprovalCase[]> {
  const votes = await readVotes(
    store,
    rows.map(({ id }) => id),
  );
  const cases: ApprovalCase[] = [];
  for (const row of rows) {
    const { name, resource_group, stage_now, details_json, policy_json, kid_now, ...own } = row;
    const orderId = row.order_id;
    const approval = approvalOf(own, votes.get(row.id) ?? []);
    const isOpen = approval.state === "open";
    const end = isOpen
      ? endOf(approval, {
          nowMs,
          stage: stage_now,
          kid: kid_now ?? "",
          switches: await countSwitches(store, orderId, row.serial),
        })
      : undefined;
    cases.push({
      approval: end === undefined ? approval : { ...approval, ...stateOf(end) },
      row: own,
      orderId,
      orderName: name,
      resourceGroup: resource_group,
      place: placeOf(details_json),
      terms: termsOf(parseStoredPolicy(policy_json) ?? defaultPolicy, row.purpose),
    });
  }
  return cases;
}

function stateOf({
  kind: _kind,
  ...state
}: NonNullable<ReturnType<typeof endOf>>): Pick<Approval, "state" | "voidReason"> {
  return state;
}

/** Delivery place of the order; absent once personal data was scrubbed. */
function placeOf(detailsJson: Json<JobDetails>): ApprovalCase["place"] {
  const { shippingAddress } = fromJson(detailsJson);
  return {
    city: shippingAddress?.city,
    country: shippingAddress?.country,
  };
}
