import { aim, type BenchOutcome, measured, ratio, single } from "./bench-result.ts";
import { allOf, compareLoads, type Figures, startDeviceLoad } from "./measure-load.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const IN_FLIGHT = 64;
const ALONE = 16;
const MANY = { calls: 6_000, rounds: 3 };
/** Unlocks whose operations the vault counts. */
const COUNTED = 2_000;
const FEW = { calls: 600, rounds: 3 };

/**
 * Unlocks at a vault that answers at once, over kept connections, against the same work without a
 * product around it, which makes one call of the vault.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using one = await startUnlockBroker(stub);
  await using floor = await startFloor(stub, one.fleet);
  const many = { inFlight: IN_FLIGHT };
  // The counters of a device go up, so a run of single unlocks has devices of its own.
  const [theMany, theFew] = [one.fleet.slice(ALONE), one.fleet.slice(0, ALONE)];
  await using oneLoad = await startDeviceLoad(one.broker, theMany, many);
  await using floorLoad = await startDeviceLoad(floor, one.fleet, many);
  const [broker, floorFigures] = await compareLoads(
    [
      { name: "broker", load: oneLoad },
      { name: "floor", load: floorLoad },
    ],
    MANY,
  );
  await using alone = await startDeviceLoad(one.broker, theFew, { inFlight: 1 });
  await using floorAlone = await startDeviceLoad(floor, theFew, { inFlight: 1 });
  const [latency, floorLatency] = await compareLoads(
    [
      { name: "broker, 1 connection", load: alone },
      { name: "floor, 1 connection", load: floorAlone },
    ],
    FEW,
  );
  const toFloor = (label: string, figure: keyof Figures) =>
    ratio(`broker to the floor, ${label}`, broker[figure], floorFigures[figure]);
  const rate = toFloor("unlocks a second", "perSecond");
  const cpu = toFloor("processor time", "cpu");
  const p99 = toFloor(`p99 with ${String(IN_FLIGHT)} in flight`, "p99");
  const p50 = ratio("broker to the floor, p50 on 1 connection", latency.p50, floorLatency.p50);
  const before = await stub.operations();
  await oneLoad.run(COUNTED);
  const operations = ((await stub.operations()) - before) / COUNTED;
  return measured({
    measurements: [
      ...[broker, floorFigures, latency, floorLatency].flatMap(allOf),
      single("vault operations of an unlock", "", operations),
    ],
    ratios: [rate, cpu, p50, p99],
    notes: [
      `${String(IN_FLIGHT)} in flight over kept TLS 1.3 connections; load, vault and broker share this machine`,
    ],
    aims: [
      aim("unlocks a second, of the floor's", rate.value, "at least", 0.55, ""),
      aim("processor time, of the floor's", cpu.value, "at most", 2, ""),
      aim("p50 on one connection, of the floor's", p50.value, "at most", 1.5, ""),
      aim("p99, of the floor's", p99.value, "at most", 1.3, ""),
      aim("vault operations of an unlock", operations, "at most", 1.1, ""),
    ],
  });
}
