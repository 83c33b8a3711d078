import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { startBenchBroker } from "./bench-broker.ts";
import {
  type BenchResult,
  type Measurement,
  quantileOf,
  ratio,
  summarise,
} from "./bench-result.ts";
import { type LoadProcess, startLoadProcess } from "./load-process.ts";
import { seedFleet } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { STUB_TENANT, VERSIONS } from "./stub-wrapping.ts";

const NODES = 200;
const UNLOCKS_PER_SECOND = 50;
const MEASURED_SECONDS = 15;
/** Appliances of the other customer: three times what the bulkhead of a vault takes at once. */
const SLOW_IN_FLIGHT = 200;
const SLOW_MS = 4_000;
/** Longer than a vault call may take. */
const DEAD_MS = 60_000;
const UNLOCKS = fileURLToPath(new URL("unlock-load-process.ts", import.meta.url));
const CROWD = fileURLToPath(new URL("crowd-load-process.ts", import.meta.url));
const TIMES = z.object({ times: z.array(z.number()) });
const CROWD_TOLD = z.object({ asked: z.number() });

/** Unlocks of one customer beside a crowd of another's, whose vault answers at once, late, and never. */
export async function run(): Promise<BenchResult> {
  using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    KEY_HEALTH_INTERVAL_SECONDS: "0",
    PROBE_INTERVAL_SECONDS: "3600",
    // Whoever still waits for the dead vault at the end is cut off.
    LOG_LEVEL: "silent",
  });
  const seed = (customer: string, vaultUrl: string) =>
    seedFleet(
      broker.databaseFile,
      NODES,
      {
        kid: `${vaultUrl}/keys/kek/${VERSIONS.first}`,
        vaultResourceId: `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/bench/providers/Microsoft.KeyVault/vaults/${customer}`,
        identity: {
          kind: "user",
          resource_id: `/identities/${customer}`,
          tenant_id: STUB_TENANT,
          client_id: "00000000-0000-4000-8000-00000000000c",
          principal_id: "00000000-0000-4000-8000-00000000000d",
          epoch: 0,
        },
      },
      customer,
    );
  const { port, caPem } = broker;
  const start = async (main: string, customer: string, vaultUrl: string, how: object) => {
    const fleetFile = join(broker.folder, `${customer}.json`);
    writeFileSync(fleetFile, JSON.stringify(await seed(customer, vaultUrl)));
    const load = startLoadProcess(main, { port, caPem, fleetFile, ...how });
    await load.next();
    return load;
  };
  const quick = await start(UNLOCKS, "quick", stub.vaultUrl, { perSecond: UNLOCKS_PER_SECOND });
  const crowd = await start(CROWD, "slow", stub.slowVaultUrl, { inFlight: SLOW_IN_FLIGHT });

  await unlocks(quick, 5); // handshakes, tokens, and code that is not compiled yet
  crowd.send({ run: true });
  await crowd.next();
  await unlocks(quick, 6);
  const same = p99("the other vault answers at once", await unlocks(quick, MEASURED_SECONDS));
  await stub.slowDown(SLOW_MS);
  await unlocks(quick, 3);
  const slow = p99(
    `the other vault answers after ${String(SLOW_MS / 1000)} s`,
    await unlocks(quick, MEASURED_SECONDS),
  );
  await stub.slowDown(DEAD_MS);
  await unlocks(quick, 3);
  const dead = p99("the other vault is dead", await unlocks(quick, MEASURED_SECONDS));
  const counted = crowd.next();
  crowd.send({ run: false });
  const { asked } = CROWD_TOLD.parse(await counted);
  quick.stop();
  crowd.stop();
  return {
    kind: "measured",
    name: "slow-vault",
    measurements: [same, slow, dead],
    ratios: [
      ratio("beside a slow vault, to beside one that answers at once", slow, same),
      ratio("beside a dead vault, to beside one that answers at once", dead, same),
    ],
    aims: [],
    notes: [
      `p99 of ${String(UNLOCKS_PER_SECOND)} unlocks a second of one customer, each asked after the one before; ${String(SLOW_IN_FLIGHT)} appliances of another, always asking, asked ${String(asked)} times`,
    ],
  };
}

async function unlocks(load: LoadProcess, seconds: number): Promise<readonly number[]> {
  const measured = load.next();
  load.send({ seconds });
  return TIMES.parse(await measured).times;
}

const p99 = (label: string, times: readonly number[]): Measurement =>
  summarise(label, "ms", [quantileOf(times, 0.99)]);
