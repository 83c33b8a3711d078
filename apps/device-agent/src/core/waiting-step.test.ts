import { AppError, type ErrorCode } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import type { AgentEvent } from "./agent-event.ts";
import { eventOfError } from "./failure-event.ts";
import { decideWaitingStep, secondsToNextAsk } from "./waiting-step.ts";

const APPROVAL = {
  id: "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11",
  required: 2,
  given: 1,
  approvedBy: ["ada"],
  since: "2026-01-01T00:00:00.000Z",
  until: "2026-01-01T01:00:00.000Z",
  leftSeconds: 3600,
};
const failure = (code: ErrorCode, approval?: typeof APPROVAL): AgentEvent =>
  eventOfError(new AppError(code), { event: "unlock", elapsedMs: 1, known: {}, approval });

describe("the meaning of an answer for a person who waits", () => {
  test.each([
    ["SsemUserErrorEncryptionKeyDisabled", "decided"],
    ["ApprovalRejected", "decided"],
    ["ApprovalExpired", "decided"],
    ["UnlockRevoked", "decided"],
    ["VolumeRejectedKey", "decided"],
    ["BrokerUnreachable", "no-word"],
    ["BrokerBusy", "no-word"],
    ["KeyVaultUnreachable", "no-word"],
    ["RateLimited", "no-word"],
    ["ReleaseWindowClosed", "no-word"],
    ["InternalError", "no-word"],
    ["AgentBusy", "busy"],
  ] as const)("%s: %s", (code, kind) => {
    expect(decideWaitingStep(failure(code))).toMatchObject({ kind });
  });

  test("an approval that is open is waited for", () => {
    expect(decideWaitingStep(failure("ApprovalPending", APPROVAL))).toMatchObject({
      kind: "waits",
      pending: { approval: APPROVAL },
    });
  });

  test("a grant is a decision", () => {
    const event: AgentEvent = { event: "unlock", outcome: "unlocked", elapsedMs: 1 };
    expect(decideWaitingStep(event)).toEqual({ kind: "decided", event });
  });
});

describe("how often is asked", () => {
  test("by and by more seldom, and at least each half minute", () => {
    const waits = [0, 1, 2, 3, 9, 1000].map((asked) => secondsToNextAsk(5, asked));
    expect(waits).toEqual([5, 7.5, 11.25, 16.875, 30, 30]);
  });

  test("never sooner than the broker wants", () => {
    expect(secondsToNextAsk(45, 0)).toBe(45);
    expect(secondsToNextAsk(0, 0)).toBe(1);
    expect(secondsToNextAsk(undefined, 0)).toBe(5);
  });

  test("no attacker on the path can silence it for longer than a minute", () => {
    expect(secondsToNextAsk(999_999, 0)).toBe(60);
  });
});
