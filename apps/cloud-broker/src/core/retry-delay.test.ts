import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";

import type { Failure } from "./ports.ts";
import { retryDelayMs } from "./retry-delay.ts";

const THROTTLED: Failure = { code: "KeyVaultThrottled" };
const BROKEN: Failure = { code: "KeyVaultUnreachable", reason: "connection" };

describe("retryDelayMs", () => {
  it.each<[string, Failure, number, number | undefined]>([
    ["a throttled call", THROTTLED, 0, 750],
    ["a throttled call, the second time", THROTTLED, 1, 1500],
    ["a throttled call, the third time", THROTTLED, 2, undefined],
    ["a throttled call with Retry-After", { ...THROTTLED, retryAfterSeconds: 3 }, 0, 3500],
    [
      "a throttled call that should wait too long",
      { ...THROTTLED, retryAfterSeconds: 9 },
      0,
      undefined,
    ],
    ["a broken connection", BROKEN, 0, 150],
    ["a broken connection, the second time", BROKEN, 1, undefined],
    ["a server error", { ...BROKEN, reason: "server-error" }, 0, 150],
    ["a name server in trouble", { ...BROKEN, reason: "dns" }, 0, 150],
    ["a name that is unknown", { ...BROKEN, reason: "dns", vaultNameUnknown: true }, 0, undefined],
    ["a timeout, which took its time already", { ...BROKEN, reason: "timeout" }, 0, undefined],
    ["a certificate", { ...BROKEN, reason: "certificate" }, 0, undefined],
    ["garbage", { code: "KeyVaultUnexpectedAnswer" }, 0, undefined],
    ["a refusal", { code: "SsemUserErrorEncryptionKeyDisabled" }, 0, undefined],
  ])("after %s", (_case, failure, attempt, expected) => {
    expect(retryDelayMs(failure, attempt, 0.5)).toBe(expected);
  });

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(1)])(
    "draws a wait of half to the whole span, so that many brokers do not come back at once",
    (random, attempt) => {
      const wait = retryDelayMs(THROTTLED, attempt, random) ?? 0;
      const span = 1000 * 2 ** attempt;
      expect(wait).toBeGreaterThanOrEqual(span / 2);
      expect(wait).toBeLessThanOrEqual(span);
    },
  );

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(1), fc.nat(8)])(
    "spreads those whom a vault told the same time above it, and lets none come before",
    (random, attempt, retryAfterSeconds) => {
      const wait = retryDelayMs({ ...THROTTLED, retryAfterSeconds }, attempt, random) ?? 0;
      expect(wait).toBe(Math.round(retryAfterSeconds * 1000 + 1000 * 2 ** attempt * random));
    },
  );
});
