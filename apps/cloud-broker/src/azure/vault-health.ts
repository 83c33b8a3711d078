import { zero } from "@databox-cmk/crypto";
import { type ErrorCode, ERRORS } from "@databox-cmk/errors";

import type { Clock, KeyVaults, Outcome } from "../core/ports.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";

export type VaultHealth = ReturnType<typeof createVaultHealth>;

export function createVaultHealth(now: Clock) {
  let answeredAtMs: number | undefined;
  let failedAtMs: number | undefined;
  return {
    /** Notes a call that has ended. A refusal is an answer; an outage is not. */
    note(code: ErrorCode | "") {
      if (code === "" || ERRORS[code].class !== "unreachable") answeredAtMs = now();
      else failedAtMs = now();
    },
    /** Ages in seconds; null when it has not happened since the start. */
    report: (nowMs: number) => ({
      lastAnswerAgeSeconds: ageSeconds(answeredAtMs, nowMs),
      lastOutageAgeSeconds: ageSeconds(failedAtMs, nowMs),
    }),
  };
}

function ageSeconds(atMs: number | undefined, nowMs: number): number | null {
  return atMs === undefined ? null : Math.floor((nowMs - atMs) / 1000);
}

export const CLOCK_OFF = {
  ok: false,
  failure: {
    code: "IdentityProviderUnreachable",
    reason: "clock",
    detail: "this machine's clock differs from Azure's",
  },
} as const satisfies Outcome<never>;

/**
 * The same vaults, whose keys can be neither read nor used to unwrap while our clock is off:
 * whether a key is expired is decided by that clock, also where its dates are known from before,
 * and an appliance must not take our clock's fault for a refusal.
 */
export function refuseWithoutClock(vaults: KeyVaults, clock: ClockWatch): KeyVaults {
  return {
    ...vaults,
    async getKey(identity, key) {
      const outcome = await vaults.getKey(identity, key);
      return outcome.ok && clock.isOff() ? CLOCK_OFF : outcome;
    },
    async unwrapKey(identity, kid, encryptedKey) {
      const outcome = await vaults.unwrapKey(identity, kid, encryptedKey);
      if (!outcome.ok || !clock.isOff()) return outcome;
      zero(outcome.value.contentKey);
      return CLOCK_OFF;
    },
  };
}
