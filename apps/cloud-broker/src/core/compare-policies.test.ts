import type { ReleaseWindow, UnlockPolicy } from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { comparePolicies } from "./compare-policies.ts";
import { type Approval, decideRelease, mayDecide, termsFor } from "./decide-release.ts";
import { stricterTerms, termsOf } from "./release-terms.ts";
import { windowAt } from "./release-window.ts";
import { looseningOf } from "./rule-changes.ts";
import { graceSecondsOf } from "./unlock-policy.ts";

const PEOPLE = ["ada", "ben", "cem", "dua"];
/** The one whose terms may be those of `release` or its own. */
const PURPOSE = "ingest";
const ADDRESS = "192.0.2.1";
const NETWORKS = [ADDRESS, "203.0.113.0/24"];
const START_MS = Date.UTC(2026, 0, 1);
const YEAR_MINUTES = 365 * 24 * 60;

const time = fc
  .tuple(fc.nat(23), fc.constantFrom("00", "15", "30"))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);
const window: fc.Arbitrary<ReleaseWindow> = fc.record({
  days: fc.subarray(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const, { minLength: 1 }),
  from: time,
  to: time,
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Tokyo"),
});
const approvals = fc.record({
  required: fc.integer({ min: 0, max: 3 }),
  approvers: fc.subarray(PEOPLE),
  expiresAfterSeconds: fc.integer({ min: 60, max: 600_000 }),
});
const purposes: fc.Arbitrary<UnlockPolicy["purposes"]> = fc.option(
  fc.record({
    ingest: fc.record({
      networks: fc.subarray(NETWORKS),
      windows: fc.array(window, { maxLength: 3 }),
      approvals,
    }),
  }),
  { nil: undefined },
);
const policy: fc.Arbitrary<UnlockPolicy> = fc.record({
  outageGrace: fc.constantFrom("none", "PT15M", "PT90S", "P1D", "untilReboot"),
  leaseTtlSeconds: fc.integer({ min: 10, max: 3600 }),
  offline: fc.record({
    allowed: fc.boolean(),
    lease: fc.oneof(
      fc.record({ kind: fc.constant("duration" as const), seconds: fc.integer({ min: 300 }) }),
      fc.record({ kind: fc.constant("boots" as const), boots: fc.integer({ min: 1, max: 20 }) }),
    ),
  }),
  release: fc.record({
    windows: fc.array(window, { maxLength: 3 }),
    approvals,
    breakGlass: fc.boolean(),
  }),
  purposes,
  freshKey: fc.boolean(),
});
const moment = fc.nat(YEAR_MINUTES).map((minute) => START_MS + minute * 60_000);
/** Policies that differ in few members, so that neither is looser in all of them. */
const pair = fc
  .tuple(policy, policy, fc.nat(), fc.nat())
  .map(([before, other, one, two]): readonly [UnlockPolicy, UnlockPolicy] => {
    const takes = (bit: number) => ((one & two) >> bit) % 2 === 1;
    return [
      before,
      {
        outageGrace: takes(0) ? other.outageGrace : before.outageGrace,
        leaseTtlSeconds: takes(1) ? other.leaseTtlSeconds : before.leaseTtlSeconds,
        offline: takes(2) ? other.offline : before.offline,
        release: {
          windows: takes(3) ? other.release.windows : before.release.windows,
          approvals: takes(4) ? other.release.approvals : before.release.approvals,
          breakGlass: takes(5) ? other.release.breakGlass : before.release.breakGlass,
        },
        purposes: takes(6) ? other.purposes : before.purposes,
        freshKey: takes(7) ? other.freshKey : before.freshKey,
      },
    ];
  });

const approval = (asked: UnlockPolicy, votes: readonly string[], nowMs: number): Approval => ({
  id: "approval",
  state: "open",
  stage: "Delivered",
  kid: "key/1",
  requestedAtMs: nowMs - 1000,
  expiresAtMs: nowMs + 1000,
  switches: 0,
  votes: votes.map((objectId) => ({
    objectId,
    name: objectId,
    decision: "approved",
    reason: "seen",
    atMs: nowMs - 500,
    right: "assignment",
  })),
  terms: termsOf(asked, PURPOSE),
});
const isReleased = (
  terms: ReturnType<typeof termsOf>,
  waiting: Approval,
  nowMs: number,
  breakGlass: string | undefined,
) =>
  decideRelease({
    terms,
    purpose: PURPOSE,
    outside: (termsFor(waiting, terms).release.networks ?? []).every((list) =>
      list.includes(ADDRESS),
    )
      ? undefined
      : ADDRESS,
    stage: "Delivered",
    kid: "key/1",
    nowMs,
    approval: waiting,
    switches: 0,
    lostRight: new Set(),
    breakGlass,
  }).kind === "release";

describe("two policies, compared member by member,", () => {
  test.prop([policy])("are the same where they are equal", (one) => {
    expect(new Set(Object.values(comparePolicies(one, one)))).toEqual(new Set(["same"]));
  });

  test.prop([pair])("are looser one way where they are stricter the other way", ([one, other]) => {
    const mirror = {
      same: "same",
      looser: "stricter",
      stricter: "looser",
      other: "other",
      moves: "moves",
    };
    const there = comparePolicies(one, other);
    expect(comparePolicies(other, one)).toEqual(
      Object.fromEntries(Object.entries(there).map(([name, what]) => [name, mirror[what]])),
    );
  });

  test.prop([pair, moment, fc.subarray(PEOPLE), fc.boolean()], { numRuns: 500 })(
    // Evidence: One person who lifts the two-person rule.
    "release nothing more where no member is loosened",
    ([before, after], nowMs, votes, isBroken) => {
      if (looseningOf(comparePolicies(before, after)).length > 0) return;
      const glass = isBroken ? "glass" : undefined;
      const released = isReleased(
        termsOf(after, PURPOSE),
        approval(after, votes, nowMs),
        nowMs,
        glass,
      );
      if (!released) return;
      expect(
        isReleased(termsOf(before, PURPOSE), approval(before, votes, nowMs), nowMs, glass),
      ).toBe(true);
    },
  );

  test.prop([window, window, moment], { numRuns: 500 })(
    "are never open where the stricter windows are and the others are not",
    (one, other, nowMs) => {
      const both = [one, other];
      expect(comparePolicies(policyOf([one]), policyOf(both))["release.windows"]).toMatch(
        /^(?:looser|same)$/,
      );
      expect(comparePolicies(policyOf([]), policyOf([one]))["release.windows"]).toMatch(
        /^(?:stricter|same)$/,
      );
      const compared = comparePolicies(policyOf([one]), policyOf([other]))["release.windows"];
      if (compared === "stricter" || compared === "same")
        expect(windowAt([other], nowMs).open && !windowAt([one], nowMs).open).toBe(false);
    },
  );
});

const PLAIN: UnlockPolicy = {
  outageGrace: "none",
  leaseTtlSeconds: 60,
  offline: { allowed: false, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required: 0, approvers: [], expiresAfterSeconds: 60 },
    breakGlass: false,
  },
};

function policyOf(windows: ReleaseWindow[]): UnlockPolicy {
  return { ...PLAIN, release: { ...PLAIN.release, windows } };
}

describe("a request that waits", () => {
  test.prop([policy, policy, moment, fc.subarray(PEOPLE), fc.boolean()], { numRuns: 1000 })(
    // Evidence: One person who lifts the two-person rule.
    "is released only where the policy that it was asked under and the one in force both release it",
    (asked, current, nowMs, votes, isBroken) => {
      const glass = isBroken ? "glass" : undefined;
      const waiting = approval(asked, votes, nowMs);
      if (!isReleased(termsOf(current, PURPOSE), waiting, nowMs, glass)) return;
      expect(isReleased(termsOf(asked, PURPOSE), waiting, nowMs, glass)).toBe(true);
      const { terms: _terms, ...unbound } = waiting;
      expect(isReleased(termsOf(current, PURPOSE), unbound, nowMs, glass)).toBe(true);
    },
  );

  test.prop([policy, policy, policy])(
    "has terms that only grow: in any order, and also if one is added twice",
    (one, two, three) => {
      const [a, b, c] = [termsOf(one, PURPOSE), termsOf(two, PURPOSE), termsOf(three, PURPOSE)];
      const grown = stricterTerms(stricterTerms(a, b), c);
      expect(stricterTerms(grown, b)).toEqual(grown);
      for (const each of [a, b, c]) {
        expect(grown.release.required).toBeGreaterThanOrEqual(each.release.required);
        expect(grown.leaseTtlSeconds).toBeLessThanOrEqual(each.leaseTtlSeconds);
        expect(graceSecondsOf(grown.outageGrace)).toBeLessThanOrEqual(
          graceSecondsOf(each.outageGrace),
        );
        expect(grown.offline.allowed && !each.offline.allowed).toBe(false);
        for (const person of PEOPLE)
          if (mayDecide({}, grown, { objectId: person, isPerson: true }) === undefined)
            expect(mayDecide({}, each, { objectId: person, isPerson: true })).toBeUndefined();
      }
    },
  );
});
