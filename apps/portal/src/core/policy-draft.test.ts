import { expect, test } from "vitest";

import {
  graceMinutesOf,
  graceOfMinutes,
  namedGraceOf,
  newWindow,
  policyOf,
  releaseKindOf,
  withPurpose,
} from "./policy-draft.ts";

const APPROVALS = { required: 0, approvers: [], expiresAfterSeconds: 14_400 };

test.each([
  ["P1D", "P1D", 0],
  ["untilReboot", "untilReboot", 0],
  ["PT3600S", undefined, 60],
  ["PT61S", undefined, 2],
])("the grace %s is named %s, or %i minutes", (grace, name, minutes) => {
  expect(namedGraceOf(grace)).toBe(name);
  expect(graceMinutesOf(grace)).toBe(minutes);
});

test("minutes come back as they were written", () => {
  expect(graceMinutesOf(graceOfMinutes(90))).toBe(90);
});

test.each([
  ["automatic", 0, 0],
  ["windows", 1, 0],
  ["approvals", 0, 2],
  ["both", 1, 1],
] as const)("a key leaves by %s", (kind, windows, required) => {
  expect(
    releaseKindOf({
      windows: Array.from({ length: windows }, () => newWindow("UTC")),
      approvals: { ...APPROVALS, required },
    }),
  ).toBe(kind);
});

test("members that only the broker writes are not sent back", () => {
  const policy = {
    outageGrace: "P1D",
    leaseTtlSeconds: 60,
    offline: { allowed: true, lease: { kind: "boots", boots: 1 } as const },
    release: { windows: [], approvals: APPROVALS, breakGlass: false },
  };
  const read = policyOf({ ...policy, source: "order", changedAt: "x", changedBy: "y" });
  expect(read).toEqual({ ...policy, purposes: {} });
  const kept = {
    custody: { kind: "split", acceptNoRecovery: false } as const,
    purposes: { fill: { networks: ["203.0.113.0/24"], windows: [], approvals: APPROVALS } },
  };
  expect(policyOf({ ...policy, ...kept, source: "order" })).toEqual({ ...policy, ...kept });
});

test("a purpose gets conditions of its own, and those of the unlock again", () => {
  const terms = { networks: [], windows: [], approvals: APPROVALS };
  const policy = policyOf({
    outageGrace: "P1D",
    leaseTtlSeconds: 60,
    offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
    release: { windows: [], approvals: APPROVALS, breakGlass: false },
    purposes: { fill: terms },
    source: "order",
  });
  const both = withPurpose(policy, "ingest", terms);
  // The form compares texts: another order of the members would be a change.
  expect(JSON.stringify(both.purposes)).toBe(JSON.stringify({ ingest: terms, fill: terms }));
  expect(withPurpose(both, "ingest", undefined)).toEqual(policy);
  expect(withPurpose(policy, "fill", undefined).purposes).toEqual({});
});
