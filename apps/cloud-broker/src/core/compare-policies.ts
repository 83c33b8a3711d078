import { mapValues } from "@databox-cmk/errors";
import type {
  Custody,
  PurposeTerms,
  ReleaseWindow,
  UnlockPolicy,
  WeekDay,
} from "@databox-cmk/protocol";

import { releaseOf } from "./release-terms.ts";
import { minuteOf } from "./release-window.ts";
import type { Effect } from "./rule-changes.ts";
import { custodyOf, graceSecondsOf } from "./unlock-policy.ts";

type Compare = (before: UnlockPolicy, after: UnlockPolicy) => Effect;

type Terms = Pick<PurposeTerms, "windows" | "approvals">;
/** The terms that `release` has, and each purpose with terms of its own. */
const TERMS = {
  windows: (before, after) =>
    compareSets(isWithin(after.windows, before.windows), isWithin(before.windows, after.windows)),
  required: (before, after) => moreIsLooser(after.approvals.required, before.approvals.required),
  approvers: (before, after) => comparePeople(before.approvals, after.approvals),
  expiresAfterSeconds: (before, after) =>
    moreIsLooser(before.approvals.expiresAfterSeconds, after.approvals.expiresAfterSeconds),
} as const satisfies Record<string, (before: Terms, after: Terms) => Effect>;

/** A purpose without terms of its own has those of `release`, which are compared themselves. */
function comparePurpose(purpose: "ingest" | "fill"): Compare {
  return (before, after) => {
    if (before.purposes?.[purpose] === undefined && after.purposes?.[purpose] === undefined)
      return "same";
    const [old, next] = [releaseOf(before, purpose), releaseOf(after, purpose)];
    const found = new Set([
      compareLists(old.networks, next.networks),
      ...Object.values(TERMS).map((compare) => compare(old, next)),
    ]);
    found.delete("same");
    if (found.has("moves")) return "moves";
    const [one = "same", ...others] = found;
    return others.length === 0 ? one : "other";
  };
}

/**
 * One row for each member of a policy. The type names every member, so that a new one cannot be
 * forgotten.
 */
const MEMBERS = {
  outageGrace: (before, after) =>
    moreIsLooser(graceSecondsOf(before.outageGrace), graceSecondsOf(after.outageGrace)),
  leaseTtlSeconds: (before, after) => moreIsLooser(before.leaseTtlSeconds, after.leaseTtlSeconds),
  "offline.allowed": (before, after) =>
    moreIsLooser(Number(before.offline.allowed), Number(after.offline.allowed)),
  "offline.lease": ({ offline: { lease: before } }, { offline: { lease: after } }) => {
    if (before.kind === "duration" && after.kind === "duration")
      return moreIsLooser(before.seconds, after.seconds);
    if (before.kind === "boots" && after.kind === "boots")
      return moreIsLooser(before.boots, after.boots);
    return "other";
  },
  "release.windows": ({ release: before }, { release: after }) => TERMS.windows(before, after),
  "release.approvals.required": ({ release: before }, { release: after }) =>
    TERMS.required(before, after),
  "release.approvals.approvers": ({ release: before }, { release: after }) =>
    TERMS.approvers(before, after),
  "release.approvals.expiresAfterSeconds": ({ release: before }, { release: after }) =>
    TERMS.expiresAfterSeconds(before, after),
  "release.breakGlass": (before, after) =>
    moreIsLooser(Number(before.release.breakGlass), Number(after.release.breakGlass)),
  "purposes.ingest": comparePurpose("ingest"),
  "purposes.fill": comparePurpose("fill"),
  // The part that decides about changes may be another one than before.
  changes: (before, after) =>
    comparePeople(releaseOf(before, "change").approvals, releaseOf(after, "change").approvals),
  // A way back does not exist, and is refused before anything is compared.
  custody: (before, after) =>
    moreIsLooser(opennessOf(custodyOf(before)), opennessOf(custodyOf(after))),
  freshKey: ({ freshKey: before = false }, { freshKey: after = false }) =>
    moreIsLooser(Number(after), Number(before)),
} as const satisfies Record<PolicyMember, Compare>;

type Approvals = UnlockPolicy["release"]["approvals"];
/** The members that are compared, by their paths. */
export type PolicyMember =
  | Exclude<keyof UnlockPolicy, "offline" | "release" | "purposes">
  | "changes"
  | `purposes.${keyof NonNullable<UnlockPolicy["purposes"]>}`
  | `offline.${keyof UnlockPolicy["offline"]}`
  | `release.${Exclude<keyof UnlockPolicy["release"], "approvals">}`
  | `release.approvals.${keyof Approvals}`;

/** Compares two policies member by member: what the second one is, seen from the first. */
export function comparePolicies(
  before: UnlockPolicy,
  after: UnlockPolicy,
): Readonly<Record<PolicyMember, Effect>> {
  return mapValues<PolicyMember, Compare, Effect>(MEMBERS, (compare) => compare(before, after));
}

function moreIsLooser(before: number, after: number): Effect {
  if (before === after) return "same";
  return after > before ? "looser" : "stricter";
}

/** To send an appliance without recovery is a risk that its owner takes: a looser policy. */
function opennessOf(custody: Custody): number {
  if (custody.kind === "escrow") return 2;
  return custody.acceptNoRecovery ? 1 : 0;
}

function compareSets(afterInBefore: boolean, beforeInAfter: boolean): Effect {
  if (afterInBefore) return beforeInAfter ? "same" : "stricter";
  return beforeInAfter ? "looser" : "other";
}

/** An empty list names everyone, or every network. */
function compareLists(before: readonly string[], after: readonly string[]): Effect {
  return compareSets(isAmong(after, before), isAmong(before, after));
}

/** A shorter list takes the decision from those who are left out, so it is not stricter. */
function comparePeople(before: Approvals, after: Approvals): Effect {
  return compareLists(before.approvers, after.approvers) === "same" ? "same" : "moves";
}

function isAmong(some: readonly string[], all: readonly string[]): boolean {
  return all.length === 0 || (some.length > 0 && some.every((each) => all.includes(each)));
}

const DAYS: readonly WeekDay[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = DAYS.length * DAY_MINUTES;

/**
 * Whether every open minute of one list is surely open in the other. Time zones are compared by
 * name: two zones may agree today and part at the next change of their clocks. An empty list is
 * open at any time.
 */
function isWithin(inner: readonly ReleaseWindow[], outer: readonly ReleaseWindow[]): boolean {
  if (outer.length === 0) return true;
  const allowed = openMinutes(outer);
  if ([...allowed.values()].some((minutes) => minutes.all())) return true;
  if (inner.length === 0) return false;
  return [...openMinutes(inner)].every(
    ([zone, minutes]) => allowed.get(zone)?.covers(minutes) ?? false,
  );
}

/** The open minutes of a week, by the wall clock of each time zone. */
function openMinutes(windows: readonly ReleaseWindow[]): ReadonlyMap<string, WeekMinutes> {
  const byZone = new Map<string, WeekMinutes>();
  for (const { days, from, to, timeZone } of windows) {
    const zone = timeZone.toLowerCase();
    const minutes = byZone.get(zone) ?? weekMinutes();
    byZone.set(zone, minutes);
    const starts = minuteOf(from);
    const ends = minuteOf(to);
    const length = ends > starts ? ends - starts : ends - starts + DAY_MINUTES;
    for (const day of days) minutes.open(DAYS.indexOf(day) * DAY_MINUTES + starts, length);
  }
  return byZone;
}

type WeekMinutes = ReturnType<typeof weekMinutes>;

function weekMinutes() {
  const isOpen = new Uint8Array(WEEK_MINUTES);
  return {
    isOpen,
    open(start: number, length: number) {
      for (let minute = start; minute < start + length; minute += 1)
        isOpen[minute % WEEK_MINUTES] = 1;
    },
    all: () => isOpen.every((minute) => minute === 1),
    covers: (other: { readonly isOpen: Uint8Array }) =>
      isOpen.every((minute, index) => minute === 1 || other.isOpen[index] === 0),
  };
}
