import { describe, expect, test } from "vitest";

import {
  approvalOf,
  describeWaiting,
  mayContinue,
  saysSame,
  viewWaiting,
} from "./waiting-request.ts";
import type { WaitingRequest } from "./waiting-request.ts";

const APPROVAL = {
  id: "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11",
  required: 2,
  given: 1,
  approvedBy: ["ada@example.com"],
};
const WAITING: WaitingRequest = {
  version: 1,
  request: "a.b.c",
  privateKey: "secret",
  publicKey: "public",
  bootId: "boot-1",
  reason: "restore for project 7",
  since: "2026-01-01T00:00:00.000Z",
  askedAtMs: 1000,
  approval: { ...APPROVAL, endsAtMs: 61_000 },
};

describe("a request that waits", () => {
  test.each([
    ["in its boot", "boot-1", 5000, true],
    ["however long ago it was made", "boot-1", 5_000_000_000, true],
    ["after a restart", "boot-2", 5000, false],
    ["when the boot clock was set back", "boot-1", 999, false],
  ])("%s", (_when, bootId, bootMs, goesOn) => {
    expect(mayContinue(WAITING, { bootId, bootMs })).toBe(goesOn);
  });

  test("ends a number of seconds after the broker's answer, regardless of the wall clock", () => {
    const pending = {
      requestHash: "h",
      retryAfterSeconds: 5,
      correlationId: APPROVAL.id,
      approval: { ...APPROVAL, expiresInSeconds: 60 },
    };
    expect(approvalOf(pending, 1000)).toEqual(WAITING.approval);
  });

  test("is shown without its key, with times that people can compare", () => {
    const iso = "2031-01-01T00:00:00.000Z";
    expect(viewWaiting(WAITING, { bootMs: 31_000, iso })).toEqual({
      ...APPROVAL,
      reason: "restore for project 7",
      since: "2026-01-01T00:00:00.000Z",
      until: "2031-01-01T00:00:30.000Z",
      leftSeconds: 30,
    });
    expect(viewWaiting(WAITING, { bootMs: 99_000, iso })).toMatchObject({ leftSeconds: 0 });
  });

  test("another person's approval is news, the passing of time is none", () => {
    expect(saysSame(WAITING.approval, { ...APPROVAL })).toBe(true);
    expect(saysSame(WAITING.approval, { ...APPROVAL, given: 2 })).toBe(false);
    expect(saysSame(WAITING.approval, { ...APPROVAL, approvedBy: ["ben"] })).toBe(false);
  });
});

test.each([
  [3, {}, "1 of 2 have approved (ada@example.com); the request expires in 3 s; reason: restore"],
  [
    0,
    { given: 0, approvedBy: [], reason: undefined },
    "0 of 2 have approved; the request has expired",
  ],
] as const)("with %d seconds left it reads as one clause", (leftSeconds, change, expected) => {
  const { reason = "restore", ...rest } = { reason: "restore", ...change };
  const view = { ...APPROVAL, ...rest, since: "", until: "", leftSeconds };
  const named = "reason" in change ? view : { ...view, reason };
  expect(describeWaiting(named)).toBe(expected);
});
