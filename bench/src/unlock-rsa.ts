import { type BenchResult, ratio } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const LOAD = { inFlight: 64 };
const RUNS = { unlocks: 4_000, rounds: 3 };

/**
 * Unlocks at a vault that does RSA-2048 on the same cores: what a machine gives that emulates the
 * vault too.
 */
export async function run(): Promise<BenchResult> {
  using stub = await startAzureStub({ rsa: true });
  await using world = await startUnlockBroker(stub);
  await using floor = await startFloor(stub, world.fleet, { getsKey: false });
  await using load = await startUnlockLoad(world.broker, world.fleet, LOAD);
  await using floorLoad = await startUnlockLoad(floor, world.fleet, LOAD);
  const contestants = [
    { name: "1 worker", load },
    { name: "floor, 1 vault call", load: floorLoad },
  ];
  const [ours, lowest] = await compareUnlocks(contestants, RUNS);
  if (ours === undefined || lowest === undefined) throw new TypeError("a contestant is missing");
  return {
    kind: "measured",
    name: "unlock-rsa",
    measurements: [ours, lowest].flatMap(allOf),
    ratios: [ratio("1 worker to the floor, unlocks a second", ours.perSecond, lowest.perSecond)],
    notes: [`${String(LOAD.inFlight)} in flight; load, vault and broker share this machine`],
    aims: [],
  };
}
