import { aim, type BenchOutcome, measured, quantileOf, ratio, summarise } from "./bench-result.ts";
import { startDeviceLoad } from "./measure-load.ts";
import { type Offered, startOffers } from "./offer-unlocks.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const IN_FLIGHT = 64;
/** Far more than the broker admits at once: the offered requests do not wait for each other. */
const LANES = 384;
const WARM_UP = 1_000;
const UNLOCKS = 2_000;
const ROUNDS = 3;
const TIMES_PEAK = 3;
const OVERLOAD_SECONDS = 8;

/**
 * Unlocks of one broker at its peak, then with three times as many offered: how many are served,
 * and how soon.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  // The peak has as many devices as above it, so tokens and clients are remembered alike.
  await using world = await startUnlockBroker(stub, { nodes: LANES * 2 });
  const { broker, fleet } = world;
  await using load = await startDeviceLoad(broker, fleet.slice(0, LANES), {
    inFlight: IN_FLIGHT,
  });
  await using crowd = await startOffers(broker, fleet.slice(LANES), LANES);

  const { perSecond: first } = await load.run(WARM_UP);
  await crowd.offer(first / 2, LANES / (first / 2)); // each identity's token
  const peaks: number[] = [];
  const rounds: Offered[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { perSecond } = await load.run(UNLOCKS);
    peaks.push(perSecond);
    rounds.push(await crowd.offer(perSecond * TIMES_PEAK, OVERLOAD_SECONDS));
  }
  const peak = summarise(`peak, ${String(IN_FLIGHT)} in flight`, "/s", peaks);
  const of = (label: string, unit: string, value: (round: Offered) => number) =>
    summarise(label, unit, rounds.map(value));
  const offered = of("offered", "/s", (round) => round.offered);
  const goodput = of("served of it", "/s", (round) => round.goodput);
  // Each round beside the peak just before it: what else this machine does changes from one to the
  // next.
  const share = quantileOf(
    rounds.map((round, index) => round.goodput / (peaks[index] ?? Number.NaN)),
    0.5,
  );
  return measured({
    measurements: [
      peak,
      offered,
      goodput,
      of("p50 of the served", "ms", ({ times }) => quantileOf(times, 0.5)),
      of("p99 of the served", "ms", ({ times }) => quantileOf(times, 0.99)),
      of("rejected before any work", "", ({ early }) => early),
      of("rejected as busy after work", "", ({ late }) => late),
    ],
    ratios: [ratio("offered, to the peak", offered, peak)],
    aims: [aim("served at three times the peak, of the peak", share, "at least", 0.9, "")],
    notes: [
      `share served in each round, compared with the peak just before it, with as many devices: ${peaks
        .map((perSecond, index) => ((rounds[index]?.goodput ?? 0) / perSecond).toFixed(2))
        .join(", ")}`,
      `${LANES.toLocaleString("en")} connections send at a steady rate, independent of the answers; a rejected request (503) is not repeated. Load, vault and broker share this machine`,
    ],
  });
}
