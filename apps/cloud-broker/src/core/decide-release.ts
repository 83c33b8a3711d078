import type { StageName } from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";
import { type ReleaseTerms, stricterTerms } from "./release-terms.ts";
import { windowAt, type WindowState } from "./release-window.ts";
import type { UnlockPurpose } from "./unlock-purposes.ts";

/**
 * `released`: its one grant has used it; `void`: the conditions under which it was requested have
 * changed.
 */
export const APPROVAL_STATES = ["open", "released", "rejected", "expired", "void"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];
export type VoidReason = "stage" | "key" | "revoked" | "superseded";

/** One person's vote; a later vote of the same person replaces an earlier one. */
export type Vote = {
  readonly objectId: string;
  readonly name: string;
  readonly decision: "approved" | "rejected";
  readonly reason: string;
  readonly atMs: EpochMs;
  /**
   * Whether the right was an app role of the token, which cannot be checked later, or a role
   * assignment.
   */
  readonly right: "token" | "assignment";
};

/** A caller who votes or asks; the object id in lower case. */
export type Voter = { readonly objectId: string; readonly isPerson: boolean };

export type Approval = {
  readonly id: string;
  readonly state: ApprovalState;
  readonly voidReason?: VoidReason | undefined;
  /** At the time of the request: the approvers saw this stage. */
  readonly stage: StageName;
  readonly kid: string;
  /** Object id of the person who asked, if a person did. */
  readonly requestedBy?: string | undefined;
  readonly requestedAtMs: EpochMs;
  readonly expiresAtMs: EpochMs;
  /** An Owner's override has it: from then on it needs no approvals. */
  readonly effectiveAtMs?: EpochMs | undefined;
  /** How many kill switches had ever been activated over it. */
  readonly switches: number;
  readonly votes: readonly Vote[];
  /**
   * The terms that it was asked under, and those that were added since; absent in rows of an older
   * broker.
   */
  readonly terms?: ReleaseTerms | undefined;
};

export type ReleaseFacts = {
  /** Terms of the current policy. */
  readonly terms: ReleaseTerms;
  readonly purpose: UnlockPurpose;
  readonly stage: StageName;
  readonly kid: string;
  readonly nowMs: EpochMs;
  /** The approval of this exact request; undefined until one is opened. */
  readonly approval: Approval | undefined;
  /** How many kill switches were ever activated: one since the request makes an approval void. */
  readonly switches: number;
  /** Object ids of role assignees who have lost the right. */
  readonly lostRight: ReadonlySet<string>;
  /** The address of a request from outside of the networks that its terms name. */
  readonly outside: string | undefined;
  /** An active, unused break-glass. */
  readonly breakGlass: string | undefined;
};

export type ReleaseDecision =
  | { readonly kind: "release"; readonly by: "policy" | "approval" | "break-glass" }
  /** The approvers must be asked. */
  | { readonly kind: "ask" }
  | { readonly kind: "wait"; readonly given: readonly Vote[]; readonly required: number }
  /** The approval has ended, and the request with it. */
  | {
      readonly kind: "end";
      readonly state: "expired" | "void";
      readonly voidReason?: VoidReason | undefined;
    }
  | { readonly kind: "refuse"; readonly failure: Failure };

/**
 * How long a vote counts. App roles are part of tokens, and Entra access tokens live for about an
 * hour. A role assignment is checked again, but Azure keeps that of an account that was disabled or
 * deleted, and not every broker may read accounts (READ_ACCOUNTS).
 */
const VOTE_COUNTS_MS = { token: 3_600_000, assignment: DAY_MS } as const;

/**
 * Decides by the order's policy alone whether a key may be released for one request; kill switch,
 * stage and freshness were checked before.
 */
export function decideRelease(facts: ReleaseFacts): ReleaseDecision {
  const { purpose, approval, nowMs } = facts;
  const { release } = termsFor(approval, facts.terms);
  // At preparation the appliance is empty, in the datacenter, and has never been locked by this
  // key.
  if (purpose === "prepare") return { kind: "release", by: "policy" };
  if (approval !== undefined) {
    if (approval.state !== "open") return { kind: "refuse", failure: failureOf(approval) };
    const end = endOf(approval, facts);
    if (end !== undefined) return end;
  }
  if (facts.outside !== undefined) return { kind: "refuse", failure: outside(facts.outside) };
  if (facts.breakGlass !== undefined && release.breakGlass)
    return { kind: "release", by: "break-glass" };
  const closed = closedAt(release.windows, nowMs);
  if (closed !== undefined)
    return { kind: "refuse", failure: closedUntil(closed.opensAtMs, nowMs) };
  const { required } = release;
  if (required === 0) return { kind: "release", by: "policy" };
  if (approval === undefined) return { kind: "ask" };
  const given = votesThatCount(approval, facts);
  return given.length >= required
    ? { kind: "release", by: "approval" }
    : { kind: "wait", given, required };
}

/** The terms that hold for a request: those in force, and those that it was asked under. */
export function termsFor(
  approval: Pick<Approval, "terms"> | undefined,
  current: ReleaseTerms,
): ReleaseTerms {
  return approval?.terms === undefined ? current : stricterTerms(approval.terms, current);
}

/** The reason that ends an open approval regardless of its votes. */
export function endOf(
  approval: Approval,
  facts: Pick<ReleaseFacts, "nowMs" | "stage" | "kid" | "switches">,
): Extract<ReleaseDecision, { kind: "end" }> | undefined {
  if (facts.nowMs >= approval.expiresAtMs) return { kind: "end", state: "expired" };
  // Otherwise anyone who may revoke could keep an override away for ever.
  if (approval.effectiveAtMs !== undefined) return undefined;
  if (facts.switches > approval.switches)
    return { kind: "end", state: "void", voidReason: "revoked" };
  if (facts.stage !== approval.stage) return { kind: "end", state: "void", voidReason: "stage" };
  if (facts.kid !== approval.kid) return { kind: "end", state: "void", voidReason: "key" };
  return undefined;
}

/** Approvals that count at this moment, one per person. */
export function votesThatCount(
  approval: Pick<Approval, "votes" | "requestedBy" | "terms">,
  { terms, nowMs, lostRight }: Pick<ReleaseFacts, "terms" | "nowMs" | "lostRight">,
): readonly Vote[] {
  const counting = approval.votes.filter(
    (vote) =>
      vote.decision === "approved" &&
      // Whether it was a person's was checked when it was cast.
      mayDecide(approval, terms, { ...vote, isPerson: true }) === undefined &&
      nowMs < vote.atMs + VOTE_COUNTS_MS[vote.right] &&
      !lostRight.has(vote.objectId),
  );
  return [...new Map(counting.map((vote) => [vote.objectId, vote])).values()];
}

/**
 * The reason why a caller who has the action may still not decide about a request. An application
 * counts only where the policy names it: otherwise one person with two programs would be two.
 */
export function mayDecide(
  approval: Pick<Approval, "requestedBy" | "terms">,
  current: ReleaseTerms,
  { objectId, isPerson }: Voter,
): "self" | "not-named" | "application" | undefined {
  if (objectId === approval.requestedBy) return "self";
  const { approvers } = termsFor(approval, current).release;
  if (approvers?.includes(objectId) === true) return undefined;
  if (!isPerson) return "application";
  return approvers === undefined ? undefined : "not-named";
}

/**
 * The terms of a request that a caller makes. The person behind an application may be one of the
 * approvers, so that one more must approve, unless the policy names the application itself.
 */
export function termsAskedBy(terms: ReleaseTerms, asker: Voter | undefined): ReleaseTerms {
  const { release } = terms;
  if (asker === undefined || asker.isPerson || release.required === 0) return terms;
  if (release.approvers?.includes(asker.objectId) === true) return terms;
  return { ...terms, release: { ...release, required: release.required + 1 } };
}

/** The failure that the device gets for an approval that has ended. */
export function failureOf(approval: Pick<Approval, "state" | "voidReason" | "votes">): Failure {
  switch (approval.state) {
    case "rejected": {
      const vote = approval.votes.find(({ decision }) => decision === "rejected");
      return {
        code: "ApprovalRejected",
        detail: vote === undefined ? undefined : `${vote.name}: ${vote.reason}`,
      };
    }
    case "released":
      return { code: "ReplayDetected", detail: "approval: its only grant was already given" };
    case "expired":
      return { code: "ApprovalExpired", reason: "time" };
    case "void":
      return { code: "ApprovalExpired", reason: approval.voidReason ?? "superseded" };
    case "open":
      return { code: "ApprovalPending" };
  }
}

const outside = (address: string): Failure => ({
  code: "PurposeForbidden",
  reason: "network",
  detail: `address: ${address}`,
});

/** The list of windows that opens last, of those that are closed. */
function closedAt(
  lists: ReleaseTerms["release"]["windows"],
  nowMs: EpochMs,
): Extract<WindowState, { open: false }> | undefined {
  const closed = lists.map((windows) => windowAt(windows, nowMs)).filter((state) => !state.open);
  return closed.reduce<(typeof closed)[number] | undefined>((last, state) => {
    if (last === undefined || state.opensAtMs === undefined) return state;
    return last.opensAtMs !== undefined && last.opensAtMs < state.opensAtMs ? state : last;
  }, undefined);
}

function closedUntil(opensAtMs: EpochMs | undefined, nowMs: EpochMs): Failure {
  if (opensAtMs === undefined) return { code: "ReleaseWindowClosed" };
  const nextOpening = new Date(opensAtMs).toISOString();
  const retryAfterSeconds = Math.ceil((opensAtMs - nowMs) / 1000);
  return { code: "ReleaseWindowClosed", facts: { nextOpening }, retryAfterSeconds };
}
