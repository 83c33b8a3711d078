import { expect, test } from "vitest";

import { decideLock, type LockFacts } from "./lock-state.ts";

const NOW_MS = 1_000_000_000;
const lease = (ageSeconds: number, changed: object = {}): Pick<LockFacts, "lease"> => ({
  lease: {
    state: "live",
    grantedAtMs: 5,
    renewedAtMs: NOW_MS - ageSeconds * 1000,
    ttlSeconds: 60,
    outageGraceSeconds: 900,
    graceUntilReboot: false,
    ...changed,
  },
});

test.each<[string, Partial<LockFacts>, object]>([
  ["not prepared", { isPrepared: false }, { lock: "notPrepared" }],
  ["without a lease", {}, { lock: "locked" }],
  ["closed by its own word", { closedAtMs: 7 }, { lock: "locked", sinceMs: 7 }],
  ["within its lease", lease(59), { lock: "unlocked", sinceMs: 5 }],
  [
    "without an answer for a while",
    lease(60),
    { lock: "grace", sinceMs: NOW_MS, untilMs: NOW_MS + 840_000 },
  ],
  [
    "at the end of its grace",
    lease(899),
    { lock: "grace", sinceMs: NOW_MS - 839_000, untilMs: NOW_MS + 1000 },
  ],
  [
    "past its lease, whose grace is shorter",
    lease(60, { outageGraceSeconds: 5 }),
    { lock: "locked", sinceMs: NOW_MS },
  ],
  ["past its grace", lease(900), { lock: "locked", sinceMs: NOW_MS }],
  [
    "refused, but not known to have heard it",
    lease(10, { state: "refused" }),
    { lock: "unlocked", sinceMs: 5 },
  ],
  [
    "open until its next reboot",
    lease(99_999, { graceUntilReboot: true }),
    { lock: "grace", sinceMs: NOW_MS - 99_939_000 },
  ],
  [
    "open by an answer that was carried",
    lease(5_000, { offline: { untilMs: NOW_MS + 1 } }),
    { lock: "unlocked", sinceMs: 5, untilMs: NOW_MS + 1 },
  ],
  [
    "past an answer that was carried",
    lease(5_000, { offline: { untilMs: NOW_MS } }),
    { lock: "locked", sinceMs: NOW_MS },
  ],
  ["open for some boots", lease(5_000_000, { offline: "boots" }), { lock: "unlocked", sinceMs: 5 }],
  [
    "certified as erased, also with a lease or a kill switch",
    { isRevoked: true, erasedAtMs: 8, ...lease(1) },
    { lock: "locked", sinceMs: 8 },
  ],
  ["under a kill switch", { isRevoked: true, ...lease(1) }, { lock: "revoked" }],
])("a node that is %s", (_what, facts, expected) => {
  expect(decideLock({ isPrepared: true, isRevoked: false, ...facts }, NOW_MS)).toEqual(expected);
});
