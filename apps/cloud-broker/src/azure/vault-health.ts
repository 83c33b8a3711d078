import { ERRORS } from "@databox-cmk/errors";

import type { Clock, KeyVaults, Outcome } from "../core/ports.ts";

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
