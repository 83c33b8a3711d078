import * as z from "zod";

import { NO_PROBES, startBenchBroker } from "./bench-broker.ts";
import {
  aim,
  type BenchOutcome,
  type Measurement,
  measured,
  quantileOf,
  ratio,
  single,
} from "./bench-result.ts";
import type { Child } from "./child.ts";
import { startLoad } from "./load.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";

const NODES = 200;
const UNLOCKS_PER_SECOND = 50;
const MEASURED_SECONDS = 15;
/** Appliances of the other customer: three times what the bulkhead of a vault takes at once. */
const SLOW_IN_FLIGHT = 200;
/** The customers' subscriptions. */
const QUICK = "00000000-0000-4000-8000-000000000001";
const SLOW = "00000000-0000-4000-8000-000000000002";
const SLOW_MS = 4_000;
/** Longer than a vault call may take. */
const DEAD_MS = 60_000;
const UNLOCKS = new URL("unlock-load-process.ts", import.meta.url);
const CROWD = new URL("crowd-load-process.ts", import.meta.url);
const UNLOCKED = z.object({ times: z.array(z.number()), turnedAway: z.number() });
const CROWD_TOLD = z.object({ asked: z.number(), busy: z.number() });
type Unlocked = z.infer<typeof UNLOCKED>;

/**
 * Unlocks of one customer alone, then beside a crowd of another's, whose vault answers at once,
 * late, and never.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    ...NO_PROBES,
    // Requests that still wait for the dead vault at the end are cut off.
    LOG_LEVEL: "silent",
  });
  const seed = (name: string, subscriptionId: string, vaultUrl: string) => {
    const customer = { name, subscriptionId };
    return seedFleet(broker.databaseFile, NODES, stubFleetKey(vaultUrl, customer), customer);
  };
  const ours = await seed("quick", QUICK, stub.vaultUrl);
  await using quick = await startLoad(UNLOCKS, broker, ours, { perSecond: UNLOCKS_PER_SECOND });
  const others = await seed("slow", SLOW, stub.slowVaultUrl);
  await using crowd = await startLoad(CROWD, broker, others, { inFlight: SLOW_IN_FLIGHT });
  const tellCrowd = async (isToRun: boolean) => CROWD_TOLD.parse(await crowd.ask({ run: isToRun }));

  await unlocks(quick, 5); // handshakes, tokens, and code that is not compiled yet
  const alone = await unlocks(quick, MEASURED_SECONDS);
  await tellCrowd(true);
  await unlocks(quick, 6);
  const same = await unlocks(quick, MEASURED_SECONDS);
  await stub.slowDown(SLOW_MS);
  await unlocks(quick, 3);
  const slow = await unlocks(quick, MEASURED_SECONDS);
  await stub.slowDown(DEAD_MS);
  await unlocks(quick, 3);
  const dead = await unlocks(quick, MEASURED_SECONDS);
  const { asked, busy } = await tellCrowd(false);
  const beside = {
    nobody: p99("alone", alone),
    same: p99("the other vault answers at once", same),
    slow: p99(`the other vault answers after ${String(SLOW_MS / 1000)} s`, slow),
    dead: p99("the other vault is dead", dead),
  };
  const toSame = (vault: "slow" | "dead") =>
    ratio(
      `beside a ${vault} vault, to beside one that answers at once`,
      beside[vault],
      beside.same,
    );
  const [toSlow, toDead] = [toSame("slow"), toSame("dead")];
  const turnedAway = [same, slow, dead].reduce((sum, each) => sum + each.turnedAway, 0);
  return measured({
    measurements: [...Object.values(beside), single("rejected beside the load", "", turnedAway)],
    ratios: [
      toSlow,
      toDead,
      ratio("beside a load whose vault answers at once, to alone", beside.same, beside.nobody),
      ratio("beside a dead vault, to alone", beside.dead, beside.nobody),
    ],
    aims: [
      aim("p99 beside a slow vault, of beside a quick one", toSlow.value, "at most", 1.1, ""),
      aim("p99 beside a dead vault, of beside a quick one", toDead.value, "at most", 1.1, ""),
      aim("unlocks rejected beside a load", turnedAway, "at most", 0, ""),
    ],
    notes: [
      `p99 of ${String(UNLOCKS_PER_SECOND)} unlocks a second of one customer, each sent after the one before; ${String(SLOW_IN_FLIGHT)} appliances of another customer, which send again a second after each answer or after Retry-After, sent ${asked.toLocaleString("en")} requests and were rejected ${busy.toLocaleString("en")} times`,
    ],
  });
}

const unlocks = async (load: Child<unknown>, seconds: number): Promise<Unlocked> =>
  UNLOCKED.parse(await load.ask({ seconds }));

const p99 = (label: string, { times }: Unlocked): Measurement =>
  single(label, "ms", quantileOf(times, 0.99));
