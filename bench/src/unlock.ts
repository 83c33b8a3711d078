import { aim, type BenchResult, ratio } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const IN_FLIGHT = 64;
const ALONE = 16;
const MANY = { unlocks: 6_000, rounds: 3 };
const FEW = { unlocks: 600, rounds: 3 };

/**
 * Unlocks at a vault that answers at once, over kept connections, against the same work without a
 * product around it. The floor makes one call of the vault; the broker must make two, so the floor
 * with two is shown too.
 */
export async function run(): Promise<BenchResult> {
  using stub = await startAzureStub();
  await using one = await startUnlockBroker(stub);
  await using two = await startUnlockBroker(stub, { workers: 2 });
  await using floor = await startFloor(stub, one.fleet, { getsKey: false });
  await using floorOfTwoCalls = await startFloor(stub, one.fleet, { getsKey: true });
  const many = { inFlight: IN_FLIGHT };
  // The counters of a device go up, so a run of single unlocks has devices of its own.
  const [theMany, theFew] = [one.fleet.slice(ALONE), one.fleet.slice(0, ALONE)];
  await using oneLoad = await startUnlockLoad(one.broker, theMany, many);
  await using twoLoad = await startUnlockLoad(two.broker, two.fleet, many);
  await using floorLoad = await startUnlockLoad(floor, one.fleet, many);
  await using floorOfTwoCallsLoad = await startUnlockLoad(floorOfTwoCalls, one.fleet, many);
  const [worker, workers, floorFigures, floorOfTwoCallsFigures] = await compareUnlocks(
    [
      { name: "1 worker", load: oneLoad },
      { name: "2 workers", load: twoLoad },
      { name: "floor, 1 vault call", load: floorLoad },
      { name: "floor, 2 vault calls", load: floorOfTwoCallsLoad },
    ],
    MANY,
  );
  await using alone = await startUnlockLoad(one.broker, theFew, { inFlight: 1 });
  const [latency] = await compareUnlocks([{ name: "1 worker, 1 connection", load: alone }], FEW);
  if (
    worker === undefined ||
    workers === undefined ||
    floorFigures === undefined ||
    floorOfTwoCallsFigures === undefined ||
    latency === undefined
  )
    throw new TypeError("a contestant is missing");
  const share = ratio(
    "1 worker to the floor, unlocks a second",
    worker.perSecond,
    floorFigures.perSecond,
  );
  return {
    kind: "measured",
    name: "unlock",
    measurements: [worker, workers, floorFigures, floorOfTwoCallsFigures, latency].flatMap(allOf),
    ratios: [
      share,
      ratio(
        "1 worker to the floor with 2 calls, unlocks a second",
        worker.perSecond,
        floorOfTwoCallsFigures.perSecond,
      ),
      ratio("processor time, 1 worker to the floor", worker.cpu, floorFigures.cpu),
      ratio(
        "processor time, 1 worker to the floor with 2 calls",
        worker.cpu,
        floorOfTwoCallsFigures.cpu,
      ),
    ],
    notes: [
      `${String(IN_FLIGHT)} in flight over kept TLS 1.3 connections; load, vault and broker share this machine`,
    ],
    aims: [
      aim("1 worker, of the floor", share.value, "at least", 0.7, ""),
      aim("1 worker", worker.perSecond.median, "at least", 2_000, "/s"),
      aim("2 workers", workers.perSecond.median, "at least", 3_000, "/s"),
      aim("processor time of the broker", worker.cpu.median, "at most", 500, "µs"),
      aim("p50 on one connection", latency.p50.median, "at most", 1.5, "ms"),
      aim(`p99 with ${String(IN_FLIGHT)} in flight`, worker.p99.median, "at most", 50, "ms"),
    ],
  };
}
