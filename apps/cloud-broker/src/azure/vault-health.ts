import { ERRORS } from "@databox-cmk/errors";

import { failed } from "../core/failed.ts";
import type { Clock, KeyVaults, Outcome } from "../core/ports.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";

export type VaultHealth = {
  /** Ages in seconds; null when it has not happened since the start. */
  report(nowMs: number): {
    readonly lastAnswerAgeSeconds: number | null;
    readonly lastOutageAgeSeconds: number | null;
  };
};

/**
 * The same vaults, with the time of the last answer recorded. A refusal is an answer; an outage is
 * not.
 */
export function observeVaults(
  vaults: KeyVaults,
  now: Clock,
): { readonly vaults: KeyVaults; readonly health: VaultHealth } {
  let answeredAtMs: number | undefined;
  let failedAtMs: number | undefined;
  const note = async <Value>(call: Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    const outcome = await call;
    if (outcome.ok || ERRORS[outcome.failure.code].class !== "unreachable") answeredAtMs = now();
    else failedAtMs = now();
    return outcome;
  };
  return {
    vaults: {
      signIn: (identity) => vaults.signIn(identity), // Says nothing about a vault.
      getKey: (identity, key) => note(vaults.getKey(identity, key)),
      getDeletedKey: (identity, key) => note(vaults.getDeletedKey(identity, key)),
      wrapKey: (identity, kid, contentKey) => note(vaults.wrapKey(identity, kid, contentKey)),
      unwrapKey: (identity, kid, encryptedKey) =>
        note(vaults.unwrapKey(identity, kid, encryptedKey)),
    },
    health: {
      report: (nowMs) => ({
        lastAnswerAgeSeconds: ageSeconds(answeredAtMs, nowMs),
        lastOutageAgeSeconds: ageSeconds(failedAtMs, nowMs),
      }),
    },
  };
}

function ageSeconds(atMs: number | undefined, nowMs: number): number | null {
  return atMs === undefined ? null : Math.floor((nowMs - atMs) / 1000);
}

const CLOCK_OFF = failed({
  code: "IdentityProviderUnreachable",
  reason: "clock",
  detail: "this machine's clock differs from Azure's",
});

/**
 * The same vaults, whose keys cannot be read while our clock is off: whether a key is expired is
 * decided by that clock, and an appliance must not take our clock's fault for a refusal.
 */
export function refuseWithoutClock(vaults: KeyVaults, clock: ClockWatch): KeyVaults {
  return {
    ...vaults,
    async getKey(identity, key) {
      const outcome = await vaults.getKey(identity, key);
      return outcome.ok && clock.isOff() ? CLOCK_OFF : outcome;
    },
  };
}
