import { aim, type BenchOutcome, measured, ratio } from "./bench-result.ts";
import { allOf, compareLoads, startDeviceLoad } from "./measure-load.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const LOAD = { inFlight: 16, newConnections: true };
const RUNS = { calls: 2_000, rounds: 3 };

/**
 * Each unlock on a new TLS 1.3 connection with a full handshake, as a device makes it that unlocks
 * once; by turns with the floor with one vault call.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using world = await startUnlockBroker(stub);
  await using floor = await startFloor(stub, world.fleet);
  await using load = await startDeviceLoad(world.broker, world.fleet, LOAD);
  await using floorLoad = await startDeviceLoad(floor, world.fleet, LOAD);
  const [ours, lowest] = await compareLoads(
    [
      { name: "broker", load },
      { name: "floor", load: floorLoad },
    ],
    RUNS,
  );
  const rate = ratio("broker to the floor, unlocks a second", ours.perSecond, lowest.perSecond);
  return measured({
    measurements: [ours, lowest].flatMap(allOf),
    ratios: [rate],
    notes: [`${String(LOAD.inFlight)} in flight; load, vault and broker share this machine`],
    aims: [aim("unlocks a second, of the floor's", rate.value, "at least", 0.8, "")],
  });
}
