import { networkList } from "../../config/network-list.ts";
import {
  type Approval,
  decideRelease,
  failureOf,
  type ReleaseFacts,
  termsFor,
  votesThatCount,
} from "../../core/decide-release.ts";
import { failed } from "../../core/failed.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import type { AdmissionTerms, ReleaseTerms } from "../../core/release-terms.ts";
import { isIn } from "../../http/sender-of.ts";
import { findBreakGlass } from "./break-glass.ts";
import type { ReleaseClaim } from "./claim-release.ts";
import { endApproval } from "./end-approval.ts";
import { type OpenedApproval, openApproval } from "./open-approval.ts";
import type { ReleaseDependencies, ReleaseRequest } from "./release-request.ts";
import { readApprovalOf } from "./stored-approvals.ts";

type Waiting = {
  readonly kind: "wait";
  readonly id: string;
  readonly required: number;
  readonly approvedBy: readonly string[];
  readonly expiresAtMs: EpochMs;
};

export type ReleaseAdmission =
  | { readonly kind: "release"; readonly claim: ReleaseClaim }
  /** The request must be used up before approvers see it; then the approval proves its freshness. */
  | { readonly kind: "ask"; readonly open: () => Promise<Waiting> }
  | Waiting;

/** How often the facts are read again when the approval ends at the same moment. */
const ATTEMPTS = 3;

/**
 * Applies the order's own conditions to a release: window, approvals, break-glass. It uses up
 * nothing; `claimRelease` uses up the approval or break-glass in the transaction of the grant.
 *
 * @param approval - of this request, if one was opened.
 */
export async function admitRelease(
  deps: ReleaseDependencies,
  request: ReleaseRequest,
  admission: AdmissionTerms,
  approval: Approval | undefined,
): Promise<Outcome<ReleaseAdmission>> {
  const current = admission.terms;
  const { networks = [], windows, required } = current.release;
  const isFree = networks.length === 0 && windows.length === 0 && required === 0;
  if (approval === undefined && isFree) return { ok: true, value: { kind: "release", claim: {} } };
  let known = approval;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const facts = await loadFacts(deps, request, current, known);
    if (!facts.ok) return facts;
    const decision = decideRelease(facts.value);
    switch (decision.kind) {
      case "release": {
        const claim = claimOf(decision.by, facts.value);
        return { ok: true, value: { kind: "release", claim } };
      }
      case "refuse":
        return failed(decision.failure);
      case "wait":
        if (known === undefined) break;
        await noteAsked(deps, known.id);
        return { ok: true, value: waiting(known, decision.required, decision.given) };
      case "ask": {
        const open = async () => {
          const opened = await openApproval(deps, request, admission);
          return waiting(opened, opened.required, []);
        };
        return { ok: true, value: { kind: "ask", open } };
      }
      case "end": {
        if (known === undefined) break;
        const { kind: _kind, ...end } = decision;
        if (await endApproval(deps, request, known.id, end.state, end.voidReason))
          return failed(failureOf({ ...known, ...end }));
        known = await readApprovalOf(deps.store, request.requestHash);
      }
    }
  }
  return failed({ code: "BrokerBusy" });
}

async function loadFacts(
  deps: ReleaseDependencies,
  { order, serial, purpose, stage, kid, switches, actor }: ReleaseRequest,
  terms: ReleaseTerms,
  approval: Approval | undefined,
): Promise<Outcome<ReleaseFacts>> {
  const { store, now } = deps;
  const nowMs = now();
  const address = actor.kind === "broker" ? "" : actor.address;
  const breakGlass = terms.release.breakGlass
    ? await findBreakGlass(store, order, serial, nowMs)
    : undefined;
  const facts = {
    terms,
    purpose,
    stage,
    kid,
    nowMs,
    approval,
    breakGlass,
    outside: isInside(termsFor(approval, terms), address) ? undefined : address,
    switches,
    lostRight: new Set<string>(),
  };
  if (approval?.state !== "open") return { ok: true, value: facts };
  const lostRight = await findLostRights(deps, order, approval, facts);
  return lostRight.ok ? { ok: true, value: { ...facts, lostRight: lostRight.value } } : lostRight;
}

function isInside({ release: { networks = [] } }: ReleaseTerms, address: string): boolean {
  return networks.every((each) => isIn(networkList(each), address));
}

/**
 * Approvers by role assignment who have lost the right. While votes are missing, the voters' rights
 * do not have to be checked.
 */
export async function findLostRights(
  { stillApproves }: Pick<ReleaseDependencies, "stillApproves">,
  order: OrderId,
  approval: Approval,
  facts: Pick<ReleaseFacts, "terms" | "nowMs">,
): Promise<Outcome<ReadonlySet<string>>> {
  const lost = new Set<string>();
  const votes = votesThatCount(approval, { ...facts, lostRight: lost });
  if (votes.length < termsFor(approval, facts.terms).release.required)
    return { ok: true, value: lost };
  for (const { objectId, right } of votes) {
    if (right === "token") continue;
    const still = await stillApproves(objectId, order);
    if (!still.ok) return still;
    if (!still.value) lost.add(objectId);
  }
  return { ok: true, value: lost };
}

function claimOf(by: "policy" | "approval" | "break-glass", facts: ReleaseFacts): ReleaseClaim {
  const { approval, breakGlass } = facts;
  return {
    approval:
      approval === undefined
        ? undefined
        : {
            id: approval.id,
            approvedBy: votesThatCount(approval, facts).map(({ name }) => name),
          },
    breakGlass: by === "break-glass" && breakGlass !== undefined ? breakGlass : undefined,
  };
}

function waiting(
  { id, expiresAtMs }: Omit<OpenedApproval, "required">,
  required: number,
  given: readonly { readonly name: string }[],
): Waiting {
  return { kind: "wait", id, required, approvedBy: given.map(({ name }) => name), expiresAtMs };
}

/** Shows approvers whether the appliance is still waiting. */
async function noteAsked(
  { commit, now }: Pick<ReleaseDependencies, "commit" | "now">,
  id: string,
): Promise<void> {
  await commit((transaction) =>
    transaction
      .updateTable("approvals")
      .set({ asked_at_ms: now() })
      .where("id", "=", id)
      .where("state", "=", "open")
      .execute(),
  );
}
