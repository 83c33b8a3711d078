import type { PurposeTerms, ReleaseWindow, UnlockPolicy } from "@databox-cmk/protocol";

import { graceSecondsOf } from "./unlock-policy.ts";
import type { UnlockPurpose } from "./unlock-purposes.ts";

/**
 * The terms that one request is judged by. A request that waits keeps the terms that it was asked
 * under; a later policy can only add to them.
 */
export type ReleaseTerms = Omit<UnlockPolicy, "release" | "purposes" | "custody" | "freshKey"> & {
  readonly release: {
    /** The request must come from each list; terms of an older broker have none. */
    readonly networks?: readonly (readonly string[])[] | undefined;
    /** Each list must be open at the moment of the release. */
    readonly windows: readonly (readonly ReleaseWindow[])[];
    readonly required: number;
    /** Undefined: anyone who has the right. The list may be empty. */
    readonly approvers?: readonly string[] | undefined;
    readonly breakGlass: boolean;
  };
};

export type AdmissionTerms = {
  /** Terms of the current policy. */
  readonly terms: ReleaseTerms;
  /** How long a request that is put before the approvers stays open. */
  readonly expiresAfterSeconds: number;
};

/** `change`: a change that loosens the protection. */
export type TermsPurpose = UnlockPurpose | "change";

type Release = PurposeTerms & Pick<UnlockPolicy["release"], "breakGlass">;

/**
 * The part of the policy for a purpose. A change needs the approvals of the part that requires most
 * of them; of those that require the same number, of one that names its approvers. Break-glass is
 * the same for all.
 */
export function releaseOf(policy: UnlockPolicy, purpose: TermsPurpose): Release {
  const { breakGlass } = policy.release;
  const release = { networks: [], ...policy.release };
  const { ingest = release, fill = release } = policy.purposes ?? {};
  switch (purpose) {
    case "prepare":
    case "unlock":
      return release;
    case "ingest":
      return { ...ingest, breakGlass };
    case "fill":
      return { ...fill, breakGlass };
    case "change": {
      const strictest = [ingest, fill].reduce<PurposeTerms>(
        (one, other) => (isStricter(other.approvals, one.approvals) ? other : one),
        release,
      );
      return { ...strictest, breakGlass };
    }
  }
}

function isStricter(one: PurposeTerms["approvals"], other: PurposeTerms["approvals"]): boolean {
  if (one.required !== other.required) return one.required > other.required;
  return one.approvers.length > 0 && other.approvers.length === 0;
}

export const termsOf = (policy: UnlockPolicy, purpose: TermsPurpose): ReleaseTerms =>
  admissionOf(policy, purpose).terms;

export function admissionOf(policy: UnlockPolicy, purpose: TermsPurpose): AdmissionTerms {
  const { outageGrace, leaseTtlSeconds, offline } = policy;
  const { networks, windows, approvals, breakGlass } = releaseOf(policy, purpose);
  const { required, approvers, expiresAfterSeconds } = approvals;
  const release = {
    networks: networks.length === 0 ? [] : [networks],
    windows: windows.length === 0 ? [] : [windows],
    required,
    approvers: approvers.length === 0 ? undefined : approvers,
    breakGlass,
  };
  return { terms: { outageGrace, leaseTtlSeconds, offline, release }, expiresAfterSeconds };
}

/** Both hold: of each member the stricter one. */
export function stricterTerms(asked: ReleaseTerms, current: ReleaseTerms): ReleaseTerms {
  const approvers = bothApprovers(asked.release.approvers, current.release.approvers);
  return {
    outageGrace:
      graceSecondsOf(asked.outageGrace) <= graceSecondsOf(current.outageGrace)
        ? asked.outageGrace
        : current.outageGrace,
    leaseTtlSeconds: Math.min(asked.leaseTtlSeconds, current.leaseTtlSeconds),
    offline: {
      allowed: asked.offline.allowed && current.offline.allowed,
      lease: stricterOfflineLease(asked.offline.lease, current.offline.lease),
    },
    release: {
      networks: distinct([...(asked.release.networks ?? []), ...(current.release.networks ?? [])]),
      windows: distinct([...asked.release.windows, ...current.release.windows]),
      required: Math.max(asked.release.required, current.release.required),
      approvers,
      breakGlass: asked.release.breakGlass && current.release.breakGlass,
    },
  };
}

type OfflineLease = UnlockPolicy["offline"]["lease"];

/** A time and a number of boots cannot be compared: the one that was asked for stays. */
function stricterOfflineLease(asked: OfflineLease, current: OfflineLease): OfflineLease {
  if (asked.kind === "duration" && current.kind === "duration")
    return asked.seconds <= current.seconds ? asked : current;
  if (asked.kind === "boots" && current.kind === "boots")
    return asked.boots <= current.boots ? asked : current;
  return asked;
}

function bothApprovers(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : one.filter((each) => other.includes(each));
}

function distinct<List>(lists: readonly List[]): readonly List[] {
  return [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()];
}
