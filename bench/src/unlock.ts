import { aim, type BenchOutcome, measured, ratio } from "./bench-result.ts";
import { allOf, compareUnlocks, type Figures } from "./compare-unlocks.ts";
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
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using one = await startUnlockBroker(stub);
  await using floor = await startFloor(stub, one.fleet, { getsKey: false });
  await using floorOfTwoCalls = await startFloor(stub, one.fleet, { getsKey: true });
  const many = { inFlight: IN_FLIGHT };
  // The counters of a device go up, so a run of single unlocks has devices of its own.
  const [theMany, theFew] = [one.fleet.slice(ALONE), one.fleet.slice(0, ALONE)];
  await using oneLoad = await startUnlockLoad(one.broker, theMany, many);
  await using floorLoad = await startUnlockLoad(floor, one.fleet, many);
  await using floorOfTwoCallsLoad = await startUnlockLoad(floorOfTwoCalls, one.fleet, many);
  const [broker, floorFigures, floorOfTwoCallsFigures] = await compareUnlocks(
    [
      { name: "broker", load: oneLoad },
      { name: "floor, 1 vault call", load: floorLoad },
      { name: "floor, 2 vault calls", load: floorOfTwoCallsLoad },
    ],
    MANY,
  );
  await using alone = await startUnlockLoad(one.broker, theFew, { inFlight: 1 });
  await using floorAlone = await startUnlockLoad(floorOfTwoCalls, theFew, { inFlight: 1 });
  const [latency, floorLatency] = await compareUnlocks(
    [
      { name: "broker, 1 connection", load: alone },
      { name: "floor, 2 vault calls, 1 connection", load: floorAlone },
    ],
    FEW,
  );
  const toFloor = (label: string, figure: keyof Figures) =>
    ratio(
      `broker to the floor with 2 calls, ${label}`,
      broker[figure],
      floorOfTwoCallsFigures[figure],
    );
  const rate = toFloor("unlocks a second", "perSecond");
  const cpu = toFloor("processor time", "cpu");
  const p99 = toFloor(`p99 with ${String(IN_FLIGHT)} in flight`, "p99");
  const p50 = ratio(
    "broker to the floor with 2 calls, p50 on 1 connection",
    latency.p50,
    floorLatency.p50,
  );
  return measured({
    measurements: [broker, floorFigures, floorOfTwoCallsFigures, latency, floorLatency].flatMap(
      allOf,
    ),
    ratios: [
      ratio("broker to the floor, unlocks a second", broker.perSecond, floorFigures.perSecond),
      ratio("broker to the floor, processor time", broker.cpu, floorFigures.cpu),
      rate,
      cpu,
      p50,
      p99,
    ],
    notes: [
      `${String(IN_FLIGHT)} in flight over kept TLS 1.3 connections; load, vault and broker share this machine`,
    ],
    aims: [
      aim("unlocks a second, of the floor's with 2 calls", rate.value, "at least", 0.75, ""),
      aim("processor time, of that floor's", cpu.value, "at most", 1.4, ""),
      aim("p50 on one connection, of that floor's", p50.value, "at most", 1.5, ""),
      aim("p99, of that floor's", p99.value, "at most", 1.5, ""),
    ],
  });
}
