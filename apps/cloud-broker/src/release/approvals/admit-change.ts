import { createHash, randomUUID } from "node:crypto";

import { AppError, withoutUndefined } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { UnauthenticatedRows } from "../../audit/unauthenticated-rows.ts";
import { refuse } from "../../callers/authenticate-caller.ts";
import type { HasAccess } from "../../callers/has-access.ts";
import { type Approval, endOf, termsFor, votesThatCount } from "../../core/decide-release.ts";
import { errorOf, invalidMember } from "../../core/failure-error.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import { admissionOf, type AdmissionTerms } from "../../core/release-terms.ts";
import { looseningOf, movesPower } from "../../core/rule-changes.ts";
import type {
  AdmitChange,
  ChangeClaim,
  RequestContext,
  RuleChange,
} from "../../orders/control-plane.ts";
import type { Order } from "../../orders/order.ts";
import { takeChainHead } from "../../store/chain-head.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { countSwitches } from "../kill-switches/revocations.ts";
import { readStoredPolicy } from "../policy/read-unlock-policy.ts";
import { findLostRights } from "./admit-release.ts";
import { type OpenedApproval, openApproval } from "./open-approval.ts";
import type { ReleaseDependencies } from "./release-request.ts";
import { closeApproval, readApprovalOf } from "./stored-approvals.ts";

export type ChangeDependencies = Omit<ReleaseDependencies, "commit"> & {
  readonly defaultPolicy: UnlockPolicy;
  readonly tenantId: string;
  readonly unauthenticatedRows: Pick<UnauthenticatedRows, "admitOf">;
  readonly hasAccess: HasAccess;
};

const NOTHING_TO_CLAIM: ChangeClaim = { use: () => Promise.resolve() };

/**
 * Loosening an order's protection, or moving the decision to other people, needs the approvals that
 * its policy asks for of an unlock. The first request puts the change before the approvers and is
 * answered `ChangeNeedsApproval`; the same request is sent again once they have approved. The
 * person who asks for the change cannot approve it. Where the policy asks for no approvals, only an
 * Owner can move the decision. The claim holds as long as the policy that it was decided by.
 */
export function createAdmitChange(deps: ChangeDependencies): AdmitChange {
  const { store, defaultPolicy, now } = deps;
  return async (order, change, context) => {
    if (looseningOf(change.effects).length === 0) return NOTHING_TO_CLAIM;
    const stored = await readStoredPolicy(store, order.id);
    const requireSamePolicy = async (transaction: StoreTransaction): Promise<void> => {
      // Locks the chain first, as a grant does, so that the two never deadlock.
      await takeChainHead(transaction, order.id);
      const current = await readStoredPolicy(transaction, order.id);
      if (current?.revision !== stored?.revision) throw new AppError("BrokerBusy");
    };
    const admission = admissionOf(stored?.policy ?? defaultPolicy, "change");
    const { terms } = admission;
    if (terms.release.required === 0) {
      if (movesPower(change.effects)) await requireOwner(deps, order.id, context);
      return { use: requireSamePolicy };
    }
    const override = await findDueOverride(deps, order, change);
    if (override !== undefined) {
      requirePerson(context);
      await requireOwner(deps, order.id, context);
    }
    const proposalHash = hashOf(change.proposal);
    const approval =
      override ?? (await findOpenApproval(deps, order, serialOf(change), proposalHash));
    if (approval === undefined)
      throw await ask(deps, order, change, proposalHash, admission, context);
    const facts = { terms, nowMs: now() };
    const lostRight = await findLostRights(deps, order.id, approval, facts);
    if (!lostRight.ok) throw errorOf(lostRight.failure);
    const given = votesThatCount(approval, { ...facts, lostRight: lostRight.value }).length;
    const { required } = termsFor(approval, facts.terms).release;
    if (override === undefined && given < required) throw waits(approval.id, given, required);
    return {
      approval: approval.id,
      async use(transaction) {
        await requireSamePolicy(transaction);
        if (await closeApproval(transaction, approval.id, "released", now())) return;
        throw new AppError("ApprovalClosed", {
          target: "approvalId",
          detail: "already used or ended",
        });
      },
    };
  };
}

/** @throws {AppError} `AuthorizationFailed` */
async function requireOwner(
  deps: ChangeDependencies,
  order: OrderId,
  { actor, roles = [], own, correlationId }: RequestContext,
): Promise<void> {
  if (actor.kind !== "caller") throw new TypeError("a change without a caller");
  const action = "Microsoft.DataBox/jobs/unlockPolicy/override/action";
  if (await deps.hasAccess({ ...actor, roles, ...withoutUndefined({ own }) }, action, order))
    return;
  throw await refuse(deps, { actor, own, correlationId }, action, { scope: order });
}

/** An Owner's last word is a person's, also where the policy names applications. */
function requirePerson({ isPerson }: RequestContext): void {
  if (isPerson !== true) throw new AppError("ApprovalForbidden", { reason: "application" });
}

const hashOf = (proposal: unknown): string =>
  createHash("sha256").update(JSON.stringify(proposal)).digest("hex");

/** It has a place of its own, so that no other change can take it. */
const OVERRIDE = "unlockPolicy/override/";
/** How long an override can be used after it takes effect. */
const OVERRIDE_USABLE_SECONDS = 7 * 86_400;

async function findDueOverride(
  deps: ChangeDependencies,
  order: Order,
  { override }: RuleChange,
): Promise<Approval | undefined> {
  if (override === undefined) return undefined;
  const found = await findOpenApproval(deps, order, OVERRIDE, hashOf(override));
  return (found?.effectiveAtMs ?? Infinity) <= deps.now() ? found : undefined;
}

/**
 * Begins an Owner's override: from a stated time on, the same policy can be written without
 * approvals, unless anyone who may approve rejects it before. It is announced to everyone who may
 * approve.
 *
 * @param policy - as it is written: members that a write may omit are kept when it takes effect
 */
export async function beginOverride(
  deps: Omit<
    ChangeDependencies,
    "stillApproves" | "hasAccess" | "tenantId" | "unauthenticatedRows"
  >,
  order: Order,
  policy: UnlockPolicy,
  { reason, delaySeconds }: { readonly reason: string; readonly delaySeconds: number },
  context: RequestContext,
): Promise<OpenedApproval & { readonly effectiveAtMs: EpochMs }> {
  requirePerson(context);
  const current = await readStoredPolicy(deps.store, order.id);
  const { terms } = admissionOf(current?.policy ?? deps.defaultPolicy, "change");
  if (terms.release.required === 0)
    throw invalidMember("policy", "no approvals are needed: write it");
  const effectiveAtMs = deps.now() + delaySeconds * 1000;
  const asked = await requestOf(deps.store, order, OVERRIDE, context);
  const request = { ...asked, reason, effectiveAtMs };
  const opened = await openApproval(
    deps,
    { ...request, requestHash: `${hashOf(policy)}.${randomUUID()}` },
    { terms, expiresAfterSeconds: OVERRIDE_USABLE_SECONDS },
  );
  return { ...opened, effectiveAtMs };
}

/** The place of a node's serial in the row: no serial has a slash. */
const serialOf = ({ subject }: RuleChange): string => `${subject}/`;

/** The open request for this very change, as long as nothing has ended it. */
async function findOpenApproval(
  { store, now }: Pick<ChangeDependencies, "store" | "now">,
  { id, stage }: Order,
  serial: string,
  proposalHash: string,
): Promise<Approval | undefined> {
  const row = await store
    .selectFrom("approvals")
    .select("request_hash")
    .where("order_id", "=", id)
    .where("serial", "=", serial)
    .where("state", "=", "open")
    .executeTakeFirst();
  if (row === undefined || !row.request_hash.startsWith(`${proposalHash}.`)) return undefined;
  const approval = await readApprovalOf(store, row.request_hash);
  if (approval?.state !== "open") return undefined;
  const switches = await countSwitches(store, id, serial);
  const end = endOf(approval, { nowMs: now(), stage, kid: approval.kid, switches });
  return end === undefined ? approval : undefined;
}

async function ask(
  deps: ChangeDependencies,
  order: Order,
  change: RuleChange,
  proposalHash: string,
  admission: AdmissionTerms,
  context: RequestContext,
): Promise<AppError> {
  const opened = await openApproval(
    deps,
    {
      ...(await requestOf(deps.store, order, serialOf(change), context)),
      requestHash: `${proposalHash}.${randomUUID()}`,
      reason: `loosens ${looseningOf(change.effects).join(", ")}`,
    },
    admission,
  );
  return waits(opened.id, 0, opened.required);
}

const requestOf = async (
  store: Store,
  { id, stage }: Order,
  serial: string,
  { actor, isPerson, correlationId }: RequestContext,
) => ({
  order: id,
  serial,
  switches: await countSwitches(store, id, serial),
  way: "change" as const,
  purpose: "change" as const,
  stage,
  // A change depends on no key version.
  kid: "",
  actor,
  askedBy:
    actor.kind === "caller"
      ? { objectId: actor.objectId.toLowerCase(), isPerson: isPerson !== false }
      : undefined,
  agent: "",
  correlationId,
});

function waits(id: string, given: number, required: number): AppError {
  return new AppError("ChangeNeedsApproval", {
    detail: `approvals/${id}: ${String(given)} of ${String(required)} approved`,
  });
}
