import { describe, expect, test } from "vitest";

import { type Approval, decideRelease, type ReleaseFacts, type Vote } from "./decide-release.ts";
import { termsOf } from "./release-terms.ts";
import { defaultUnlockPolicy } from "./unlock-policy.ts";

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const base = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 0 });
const policyOf = (release: Partial<typeof base.release>) =>
  termsOf(
    {
      ...base,
      release: {
        ...base.release,
        approvals: { required: 2, approvers: [], expiresAfterSeconds: 3600 },
        ...release,
      },
    },
    "unlock",
  );
const vote = (objectId: string, change: Partial<Vote> = {}): Vote => ({
  objectId,
  name: objectId,
  decision: "approved",
  reason: "seen",
  atMs: NOW_MS - 1000,
  right: "assignment",
  ...change,
});
const approval = (change: Partial<Approval> = {}): Approval => ({
  id: "approval",
  state: "open",
  stage: "Delivered",
  kid: "key/1",
  requestedAtMs: NOW_MS - 2000,
  expiresAtMs: NOW_MS + HOUR_MS,
  switches: 1,
  votes: [vote("ada"), vote("ben")],
  ...change,
});
const facts = (change: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  terms: policyOf({}),
  purpose: "unlock",
  stage: "Delivered",
  kid: "key/1",
  nowMs: NOW_MS,
  approval: approval(),
  switches: 1,
  lostRight: new Set(),
  outside: undefined,
  breakGlass: undefined,
  ...change,
});
const closed = [{ days: ["Sun" as const], from: "08:00", to: "09:00", timeZone: "UTC" }];
const night = policyOf({ windows: closed, breakGlass: true });

const CASES: readonly (readonly [string, Partial<ReleaseFacts>, object])[] = [
  ["enough approvals release", {}, { kind: "release", by: "approval" }],
  [
    "a request that no approver has seen is put before them",
    { approval: undefined },
    { kind: "ask" },
  ],
  [
    "no approval is asked for where none is required",
    { terms: policyOf(base.release), approval: undefined },
    { kind: "release", by: "policy" },
  ],
  [
    "a request from outside of its purpose's networks is refused in spite of its approvals",
    { purpose: "ingest", outside: "198.51.100.7", breakGlass: "glass", terms: night },
    {
      kind: "refuse",
      failure: { code: "PurposeForbidden", reason: "network", detail: "address: 198.51.100.7" },
    },
  ],
  [
    "preparation needs no approval, at any hour",
    { purpose: "prepare", terms: night, approval: undefined },
    { kind: "release", by: "policy" },
  ],
  [
    "what waits keeps the terms that it was asked under when the policy asks for none",
    {
      terms: policyOf(base.release),
      approval: approval({ votes: [vote("ada")], terms: policyOf({}) }),
    },
    { kind: "wait", required: 2 },
  ],
  [
    // Evidence: A stolen token or session.
    "two words of one person are one",
    { approval: approval({ votes: [vote("ada"), vote("ada")] }) },
    { kind: "wait", required: 2 },
  ],
  ["a right that was lost does not count", { lostRight: new Set(["ben"]) }, { kind: "wait" }],
  [
    "the word of a role assignee counts up to a day, since the account may be gone",
    { approval: approval({ votes: [vote("ada"), vote("ben", { atMs: NOW_MS - 24 * HOUR_MS })] }) },
    { kind: "wait", required: 2 },
  ],
  [
    "an app role's word counts up to an hour",
    {
      approval: approval({
        votes: [vote("ada"), vote("ben", { right: "token", atMs: NOW_MS - HOUR_MS + 1 })],
      }),
    },
    { kind: "release" },
  ],
  [
    "and no longer",
    {
      approval: approval({
        votes: [vote("ada"), vote("ben", { right: "token", atMs: NOW_MS - HOUR_MS })],
      }),
    },
    { kind: "wait" },
  ],
  [
    // Evidence: A stolen token or session.
    "a person cannot approve a challenge that they carried",
    { approval: approval({ requestedBy: "ada" }) },
    { kind: "wait" },
  ],
  [
    "only a named approver can approve",
    {
      terms: policyOf({
        approvals: { required: 2, approvers: ["ada", "cem"], expiresAfterSeconds: 60 },
      }),
    },
    { kind: "wait" },
  ],
  [
    "the last millisecond counts",
    { approval: approval({ expiresAtMs: NOW_MS + 1 }) },
    { kind: "release" },
  ],
  [
    "the end of its time does not",
    { approval: approval({ expiresAtMs: NOW_MS }) },
    { kind: "end", state: "expired" },
  ],
  ["a new stage voids", { stage: "PickedUp" }, { kind: "end", voidReason: "stage" }],
  ["a new key version voids", { kid: "key/2" }, { kind: "end", voidReason: "key" }],
  ["a revocation voids", { switches: 2 }, { kind: "end", voidReason: "revoked" }],
  [
    "a break-glass revives nothing that is over",
    { switches: 2, terms: policyOf({ breakGlass: true }), breakGlass: "glass" },
    { kind: "end", voidReason: "revoked" },
  ],
  [
    "a closed window is stronger than approvals",
    { terms: policyOf({ windows: closed }) },
    { kind: "refuse", failure: { code: "ReleaseWindowClosed" } },
  ],
  [
    "a break-glass passes window and approvals",
    { terms: night, approval: undefined, breakGlass: "glass" },
    { kind: "release", by: "break-glass" },
  ],
  [
    "but not where the policy came to forbid it",
    { breakGlass: "glass", approval: undefined },
    { kind: "ask" },
  ],
  [
    "a rejected request stays rejected, even if it had approvals",
    { approval: approval({ state: "rejected" }) },
    { kind: "refuse", failure: { code: "ApprovalRejected" } },
  ],
  [
    "one that was released is used up",
    { approval: approval({ state: "released" }) },
    { kind: "refuse", failure: { code: "ReplayDetected" } },
  ],
];

describe("a release", () => {
  test.each(CASES)("%s", (_name, change, expected) => {
    expect(decideRelease(facts(change))).toMatchObject(expected);
  });
});
