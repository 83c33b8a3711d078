import { expect, test } from "vitest";

import {
  ATTEMPTS_MAX,
  CAMPAIGN_EVENTS,
  CAMPAIGN_STATES,
  decideRetry,
  estimateOf,
  nextCampaignState,
} from "./campaign-step.ts";

test("a campaign that has ended never runs again", () => {
  for (const ended of ["done", "cancelled"] as const)
    for (const event of CAMPAIGN_EVENTS)
      expect([undefined, ended]).toContain(nextCampaignState(ended, event));
});

test("only a running campaign comes to its end by itself", () => {
  const finishing = CAMPAIGN_STATES.filter((state) => nextCampaignState(state, "finish"));
  expect(finishing).toEqual(["running"]);
});

test.each([
  ["an outage of the vault", { code: "KeyVaultUnreachable", reason: "timeout" }, 1, 3000],
  ["throttling", { code: "KeyVaultThrottled" }, 3, 9000],
  ["a busy broker that names a time", { code: "BrokerBusy", retryAfterSeconds: 60 }, 1, 61_000],
  ["a lost race", { code: "RewrapConflict" }, 1, 3000],
  ["a long outage", { code: "KeyVaultUnreachable", reason: "dns" }, 9, 301_000],
] as const)("%s is tried again later", (_case, failure, attempt, dueAtMs) => {
  expect(decideRetry(failure, attempt, 1000)).toEqual({ dueAtMs });
});

test.each([
  ["a disabled key", { code: "SsemUserErrorEncryptionKeyDisabled" }, 1],
  ["an order that is gone", { code: "ResourceNotFound" }, 1],
  ["an outage without end", { code: "KeyVaultUnreachable", reason: "dns" }, ATTEMPTS_MAX],
] as const)("%s is not", (_case, failure, attempt) => {
  expect(decideRetry(failure, attempt, 1000)).toBeUndefined();
});

test.each([
  [{ finishedLately: 0, overMs: 60_000 }, undefined],
  [
    { finishedLately: 600, overMs: 60_000 },
    { ordersPerSecond: 10, secondsLeft: 100 },
  ],
  [
    { finishedLately: 30, overMs: 1000 },
    { ordersPerSecond: 30, secondsLeft: 34 },
  ],
])("the time left follows from the last minute: %o", (lately, expected) => {
  expect(estimateOf(lately, 1000)).toEqual(expected);
});
