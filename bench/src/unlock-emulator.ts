import type { BenchResult } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { startEmulatorWorld } from "./emulator-world.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";

const IN_FLIGHT = 64;
const RUNS = { unlocks: 3_000, rounds: 3 };

/**
 * Unlocks with the emulator of Azure on the same cores: RSA-2048, tokens, roles and Key
 * Vault's own limits.
 */
export async function run(): Promise<BenchResult> {
  await using world = await startEmulatorWorld(IN_FLIGHT);
  await using load = await startUnlockLoad(world.server, world.fleet, { inFlight: IN_FLIGHT });
  const [figures] = await compareUnlocks([{ name: "1 worker", load }], RUNS);
  if (figures === undefined) throw new TypeError("nothing was measured");
  return {
    kind: "measured",
    name: "unlock-emulator",
    measurements: allOf(figures),
    ratios: [],
    notes: [
      `${String(IN_FLIGHT)} in flight of as many orders with an identity each, at five vaults of one subscription; the emulator allows it 1,000 unlocks a second, as Key Vault would; load, emulator and broker share this machine`,
    ],
    aims: [],
  };
}
