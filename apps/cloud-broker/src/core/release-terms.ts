import type { ReleaseWindow, UnlockPolicy } from "@databox-cmk/protocol";

import { graceSecondsOf } from "./unlock-policy.ts";

/**
 * The terms that one request is judged by. A request that waits keeps the terms that it was asked
 * under; a later policy can only add to them.
 */
export type ReleaseTerms = Omit<UnlockPolicy, "release"> & {
  readonly release: {
    /** Each list must be open at the moment of the release. */
    readonly windows: readonly (readonly ReleaseWindow[])[];
    readonly required: number;
    /** Undefined: anyone who has the right. The list may be empty. */
    readonly approvers?: readonly string[] | undefined;
    readonly breakGlass: boolean;
  };
};

export function termsOf({ release, ...lease }: UnlockPolicy): ReleaseTerms {
  const { windows, approvals, breakGlass } = release;
  const { required, approvers } = approvals;
  return {
    ...lease,
    release: {
      windows: windows.length === 0 ? [] : [windows],
      required,
      approvers: approvers.length === 0 ? undefined : approvers,
      breakGlass,
    },
  };
}

/** Both hold: of each member the stricter one. */
export function stricterTerms(asked: ReleaseTerms, inForce: ReleaseTerms): ReleaseTerms {
  const approvers = bothApprovers(asked.release.approvers, inForce.release.approvers);
  return {
    outageGrace:
      graceSecondsOf(asked.outageGrace) <= graceSecondsOf(inForce.outageGrace)
        ? asked.outageGrace
        : inForce.outageGrace,
    leaseTtlSeconds: Math.min(asked.leaseTtlSeconds, inForce.leaseTtlSeconds),
    offline: {
      allowed: asked.offline.allowed && inForce.offline.allowed,
      lease: stricterOfflineLease(asked.offline.lease, inForce.offline.lease),
    },
    release: {
      windows: distinct([...asked.release.windows, ...inForce.release.windows]),
      required: Math.max(asked.release.required, inForce.release.required),
      approvers,
      breakGlass: asked.release.breakGlass && inForce.release.breakGlass,
    },
  };
}

type OfflineLease = UnlockPolicy["offline"]["lease"];

/** A time and a number of boots cannot be compared: the one that was asked for stays. */
function stricterOfflineLease(asked: OfflineLease, inForce: OfflineLease): OfflineLease {
  if (asked.kind === "duration" && inForce.kind === "duration")
    return asked.seconds <= inForce.seconds ? asked : inForce;
  if (asked.kind === "boots" && inForce.kind === "boots")
    return asked.boots <= inForce.boots ? asked : inForce;
  return asked;
}

function bothApprovers(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : one.filter((each) => other.includes(each));
}

function distinct(
  lists: readonly (readonly ReleaseWindow[])[],
): readonly (readonly ReleaseWindow[])[] {
  return [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()];
}
