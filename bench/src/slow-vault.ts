import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { startBenchBroker } from "./bench-broker.ts";
import {
  aim,
  type BenchOutcome,
  type Measurement,
  quantileOf,
  ratio,
  summarise,
} from "./bench-result.ts";
import { type LoadProcess, startLoadProcess } from "./load-process.ts";
import { type FleetNode, seedFleet } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { STUB_TENANT, VERSIONS } from "./stub-wrapping.ts";

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
const UNLOCKS = fileURLToPath(new URL("unlock-load-process.ts", import.meta.url));
const CROWD = fileURLToPath(new URL("crowd-load-process.ts", import.meta.url));
const UNLOCKED = z.object({ times: z.array(z.number()), turnedAway: z.number() });
const CROWD_TOLD = z.object({ asked: z.number(), busy: z.number() });
type Unlocked = z.infer<typeof UNLOCKED>;

/**
 * Unlocks of one customer alone, then beside a crowd of another's, whose vault answers at once,
 * late, and never.
 */
export async function run(): Promise<BenchOutcome> {
  using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    KEY_HEALTH_INTERVAL_SECONDS: "0",
    PROBE_INTERVAL_SECONDS: "3600",
    // Requests that still wait for the dead vault at the end are cut off.
    LOG_LEVEL: "silent",
  });
  const seed = (name: string, subscriptionId: string, vaultUrl: string) =>
    seedFleet(
      broker.databaseFile,
      NODES,
      {
        kid: `${vaultUrl}/keys/kek/${VERSIONS.first}`,
        vaultResourceId: `/subscriptions/${subscriptionId}/resourceGroups/bench/providers/Microsoft.KeyVault/vaults/${name}`,
        identity: {
          kind: "user",
          resource_id: `/identities/${name}`,
          tenant_id: STUB_TENANT,
          client_id: "00000000-0000-4000-8000-00000000000c",
          principal_id: "00000000-0000-4000-8000-00000000000d",
          epoch: 0,
        },
      },
      { name, subscriptionId },
    );
  const { port, caPem } = broker;
  const start = async (main: string, fleet: Promise<readonly FleetNode[]>, how: object) => {
    const nodes = await fleet;
    const fleetFile = join(broker.folder, `${nodes[0]?.serial ?? ""}.json`);
    writeFileSync(fleetFile, JSON.stringify(nodes));
    const load = startLoadProcess(main, { port, caPem, fleetFile, ...how });
    await load.next();
    return load;
  };
  const quick = await start(UNLOCKS, seed("quick", QUICK, stub.vaultUrl), {
    perSecond: UNLOCKS_PER_SECOND,
  });
  const crowd = await start(CROWD, seed("slow", SLOW, stub.slowVaultUrl), {
    inFlight: SLOW_IN_FLIGHT,
  });
  const tellCrowd = async (toRun: boolean) => {
    const told = crowd.next();
    crowd.send({ run: toRun });
    return CROWD_TOLD.parse(await told);
  };

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
  quick.stop();
  crowd.stop();
  const beside = {
    nobody: p99("alone", alone),
    same: p99("the other vault answers at once", same),
    slow: p99(`the other vault answers after ${String(SLOW_MS / 1000)} s`, slow),
    dead: p99("the other vault is dead", dead),
  };
  const toSame = {
    slow: ratio(
      "beside a slow vault, to beside one that answers at once",
      beside.slow,
      beside.same,
    ),
    dead: ratio(
      "beside a dead vault, to beside one that answers at once",
      beside.dead,
      beside.same,
    ),
  };
  const turnedAway = [same, slow, dead].reduce((sum, each) => sum + each.turnedAway, 0);
  return {
    kind: "measured",
    measurements: [
      ...Object.values(beside),
      summarise("rejected beside the load", "", [turnedAway]),
    ],
    ratios: [
      toSame.slow,
      toSame.dead,
      ratio("beside a load whose vault answers at once, to alone", beside.same, beside.nobody),
      ratio("beside a dead vault, to alone", beside.dead, beside.nobody),
    ],
    aims: [
      aim("p99 beside a slow vault, of beside a quick one", toSame.slow.value, "at most", 1.1, ""),
      aim("p99 beside a dead vault, of beside a quick one", toSame.dead.value, "at most", 1.1, ""),
      aim("unlocks rejected beside a load", turnedAway, "at most", 0, ""),
    ],
    notes: [
      `p99 of ${String(UNLOCKS_PER_SECOND)} unlocks a second of one customer, each sent after the one before; ${String(SLOW_IN_FLIGHT)} appliances of another customer, which send again a second after each answer or after Retry-After, sent ${asked.toLocaleString("en")} requests and were rejected ${busy.toLocaleString("en")} times`,
    ],
  };
}

async function unlocks(load: LoadProcess, seconds: number): Promise<Unlocked> {
  const measured = load.next();
  load.send({ seconds });
  return UNLOCKED.parse(await measured);
}

const p99 = (label: string, { times }: Unlocked): Measurement =>
  summarise(label, "ms", [quantileOf(times, 0.99)]);
