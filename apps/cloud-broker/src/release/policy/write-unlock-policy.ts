import { AppError, namesOf, withoutUndefined } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { comparePolicies } from "../../core/compare-policies.ts";
import { invalidMember, valueOf } from "../../core/failure-error.ts";
import type { EpochMs, OrderId, OrderName } from "../../core/order.ts";
import { stricterTerms, termsOf } from "../../core/release-terms.ts";
import { stageRules } from "../../core/stages.ts";
import { custodyOf } from "../../core/unlock-policy.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { Order } from "../../orders/order.ts";
import { insertPolicy } from "../../orders/write-order.ts";
import { fromJson, toJson } from "../../store/json-column.ts";
import { requireFeaturesOf } from "../../store/require-feature.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { policyTagOf, requirePolicyMatch } from "./policy-tag.ts";
import { readStoredPolicy, type StoredPolicy } from "./read-unlock-policy.ts";

/**
 * Makes a policy current, with its audit row of before and after. Loosening it needs approvals. An
 * open appliance receives it at its next renewal; until then its lease is judged by the terms that
 * it knows. Possible until the order has ended.
 */
export async function writeUnlockPolicy(
  deps: Changing & Plane<"settings" | "admitChange" | "stillApproves" | "announce">,
  name: OrderName,
  written: UnlockPolicy,
  options: WriteOptions,
  context: RequestContext,
): Promise<StoredPolicy> {
  const { defaultPolicy } = deps.settings;
  const { order, seen, current, policy } = await checkPolicy(deps, name, written, options, context);
  const effects = comparePolicies(current, policy);
  const changed = namesOf(effects).filter((member) => effects[member] !== "same");
  const claim = await deps.admitChange(
    order,
    {
      subject: "unlockPolicy",
      proposal: { policy, seen: policyTagOf(seen) },
      // Another write meanwhile does not end it: otherwise a lower role could repeat such writes.
      // So it is the policy as it was written, without the members that it keeps.
      override: written,
      effects,
    },
    context,
  );
  const after: StoredPolicy = {
    policy,
    revision: (seen?.revision ?? 0) + 1,
    changedAtMs: deps.now(),
    changedBy: context.by,
  };
  await record(deps, { chain: order.id, action: "policy/write", context }, async (transaction) => {
    const before = await readStoredPolicy(transaction, order.id);
    // The approvals are good for this change of that policy.
    requirePolicyMatch(before, policyTagOf(seen));
    await claim.use(transaction);
    await tightenOpenApprovals(transaction, order.id, before?.policy ?? defaultPolicy, policy);
    if (!policy.release.breakGlass) await endBreakGlass(transaction, order.id, deps.now());
    await makeCurrent(transaction, order, before, after);
    await deps.announce(transaction, {
      type: EVENT_TYPES.policyChanged,
      order: order.id,
      atMs: after.changedAtMs,
      data: { by: context.by, revision: after.revision, changed, approvalId: claim.approval },
    });
    return {
      detail: {
        revision: after.revision,
        before: JSON.stringify(before?.policy ?? defaultPolicy),
        after: JSON.stringify(policy),
        approval: claim.approval,
      },
    };
  });
  return after;
}

export type WriteOptions = {
  readonly ifMatch?: string | undefined;
  readonly acceptUnknownApprovers: boolean;
};

/** The policy that a write would put in force, if it is allowed for this order. */
export async function checkPolicy(
  deps: Plane<"store" | "settings" | "stillApproves">,
  name: OrderName,
  written: UnlockPolicy,
  { ifMatch, acceptUnknownApprovers }: WriteOptions,
  context: RequestContext,
) {
  const order = await findOrder(deps.store, name);
  requireStage(order);
  const seen = await readStoredPolicy(deps.store, order.id);
  requirePolicyMatch(seen, ifMatch);
  const current = seen?.policy ?? deps.settings.defaultPolicy;
  const policy = withKeptMembers(written, current);
  requireOwnPurposes(order, policy, current);
  for (const part of PARTS)
    // The roles of people of another tenant cannot be looked up: no vote would count.
    if (context.own !== undefined && (approvalsOf(policy, part)?.required ?? 0) > 0)
      throw invalidMember(
        `${memberOf(part)}.approvals.required`,
        "only 0 for an order of another tenant than the service's, where approvals do not count",
      );
  if (!acceptUnknownApprovers) await requireApprovers(deps, order, policy, current, context);
  return { order, seen, current, policy };
}

async function makeCurrent(
  transaction: StoreTransaction,
  order: Order,
  before: StoredPolicy | undefined,
  after: StoredPolicy,
): Promise<void> {
  const isWritten =
    before === undefined
      ? await insertPolicy(transaction, order.id, after)
      : await replacePolicy(transaction, order.id, before, after);
  if (!isWritten)
    throw new AppError("PreconditionFailed", {
      target: "If-Match",
      detail: "another change of the unlock policy came first; read it again",
    });
}

/** @returns false when another writer came first */
async function replacePolicy(
  transaction: StoreTransaction,
  order: OrderId,
  { revision }: StoredPolicy,
  after: StoredPolicy,
): Promise<boolean> {
  await requireFeaturesOf(transaction, after.policy);
  const { numUpdatedRows } = await transaction
    .updateTable("unlock_policies")
    .set({
      policy_json: toJson(after.policy),
      revision: after.revision,
      changed_at_ms: after.changedAtMs,
      changed_by: after.changedBy,
    })
    .where("order_id", "=", order)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Members that a write may omit stay. @throws {AppError} `CustodyRevertForbidden` */
function withKeptMembers(written: UnlockPolicy, current: UnlockPolicy): UnlockPolicy {
  const { custody = current.custody, purposes = current.purposes } = written;
  const { freshKey = current.freshKey } = written;
  if (custodyOf(current).kind === "split" && custody?.kind === "escrow")
    throw new AppError("CustodyRevertForbidden", { target: "custody.kind" });
  return { ...written, ...withoutUndefined({ custody, purposes, freshKey }) };
}

/** Terms of a purpose that an order never has would decide about its changes alone. */
function requireOwnPurposes(
  { transferType }: Order,
  { purposes: after }: UnlockPolicy,
  { purposes: before }: UnlockPolicy,
): void {
  const foreign = transferType === "ImportToAzure" ? "fill" : "ingest";
  if (after?.[foreign] !== undefined && !isSameJson(after[foreign], before?.[foreign]))
    throw invalidMember(
      `purposes.${foreign}`,
      `an order of type ${transferType} is never unlocked for it`,
    );
}

const isSameJson = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * A policy whose approvers may not approve locks the order. The broker sees role assignments; an
 * app role is part of a token, so that of another person than the caller cannot be looked up.
 *
 * @throws {AppError} `ApproverUnknown`
 */
async function requireApprovers(
  { stillApproves }: Plane<"stillApproves">,
  order: Order,
  policy: UnlockPolicy,
  current: UnlockPolicy,
  { actor }: RequestContext,
): Promise<void> {
  const caller = actor.kind === "caller" ? actor.objectId.toLowerCase() : undefined;
  for (const part of PARTS) {
    const approvals = approvalsOf(policy, part);
    if (approvals === undefined || isSameJson(approvals, approvalsOf(current, part))) continue;
    for (const approver of approvals.approvers)
      if (approver !== caller && !valueOf(await stillApproves(approver, order.id)))
        throw new AppError("ApproverUnknown", {
          target: `${memberOf(part)}.approvals.approvers`,
          detail: `${approver} has no role assignment that allows to approve`,
        });
  }
}

const PARTS = ["release", "ingest", "fill"] as const;
type Part = (typeof PARTS)[number];
const memberOf = (part: Part): string => (part === "release" ? part : `purposes.${part}`);

const approvalsOf = ({ release, purposes }: UnlockPolicy, part: Part) =>
  (part === "release" ? release : purposes?.[part])?.approvals;

function requireStage({ stage }: Order): void {
  if (!stageRules(stage).terminal) return;
  throw new AppError("OrderStageForbids", {
    reason: "policy",
    target: "properties.status",
    detail: `unlockPolicy: the order is in stage ${stage}`,
  });
}

/**
 * Adds the terms of the old and the new policy to every request that waits in an order. A policy
 * that is loosened later gives back to a waiting request nothing that it was denied at any time
 * while it waited.
 */
async function tightenOpenApprovals(
  transaction: StoreTransaction,
  order: OrderId,
  before: UnlockPolicy,
  after: UnlockPolicy,
): Promise<void> {
  const open = await transaction
    .selectFrom("approvals")
    .select(["id", "purpose", "terms_json"])
    .where("order_id", "=", order)
    .where("state", "=", "open")
    .execute();
  for (const { id, purpose, terms_json } of open) {
    const old = termsOf(before, purpose);
    const asked = terms_json === null ? old : fromJson(terms_json);
    const terms = stricterTerms(stricterTerms(asked, old), termsOf(after, purpose));
    await transaction
      .updateTable("approvals")
      .set({ terms_json: toJson(terms) })
      .where("id", "=", id)
      .execute();
  }
}

/**
 * A policy that forbids break-glass ends those that were opened before; a later policy does not
 * bring them back.
 */
async function endBreakGlass(
  transaction: StoreTransaction,
  order: OrderId,
  nowMs: EpochMs,
): Promise<void> {
  await transaction
    .updateTable("break_glass")
    .set({ expires_at_ms: nowMs })
    .where("order_id", "=", order)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .execute();
}
