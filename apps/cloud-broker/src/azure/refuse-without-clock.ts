import { failed } from "../core/failed.ts";
import type { KeyVaults } from "../core/ports.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";

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
