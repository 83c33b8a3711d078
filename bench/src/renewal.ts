import { findPostgres } from "@databox-cmk/testkit";

import { startBenchBroker } from "./bench-broker.ts";
import { aim, type BenchOutcome, measured, ratio } from "./bench-result.ts";
import { allOf, compareLoads, type Figures, startDeviceLoad } from "./measure-load.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { servePostgres } from "./serve-postgres.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";

const NODES = 10_000;
/** To show what grows with the fleet. */
const FEW_NODES = 1_000;
const RUNS = { calls: NODES, rounds: 3 };
const LOAD = { inFlight: 64, kind: "renewal" } as const;
const REPLICA_MEGABYTES = 200;
/** No test calls it. */
const KEY = stubFleetKey("https://bench.vault.localhost:8443");

/**
 * Renewals of 10,000 live leases on one replica, with SQLite by turns with its floor and with a
 * smaller fleet, then with PostgreSQL; no vault is asked.
 */
export async function run(): Promise<BenchOutcome> {
  const onSqlite = await renewOnSqlite();
  const onPostgres = findPostgres() === undefined ? undefined : await renewOnPostgres();
  const [all, few, floor] = onSqlite;
  const rate = ratio("SQLite to the floor, renewals a second", all.perSecond, floor.perSecond);
  const replicas = [all, ...(onPostgres === undefined ? [] : [onPostgres])];
  return measured({
    measurements: [all, few, floor, ...replicas.slice(1)].flatMap((each) => [
      ...allOf(each),
      each.memory,
    ]),
    ratios: [
      rate,
      ratio("SQLite to the floor, processor time", all.cpu, floor.cpu),
      ratio("10,000 leases to 1,000 on SQLite, processor time", all.cpu, few.cpu),
      ...(onPostgres === undefined
        ? []
        : [ratio("PostgreSQL to SQLite, renewals a second", onPostgres.perSecond, all.perSecond)]),
    ],
    notes: [
      `${NODES.toLocaleString("en")} leases, ${String(RUNS.rounds)} rounds, ${String(LOAD.inFlight)} in flight over TLS; load, database and broker share this machine`,
      ...(onPostgres === undefined
        ? ["PostgreSQL is not installed (apt-get install postgresql): its part was skipped"]
        : []),
    ],
    aims: [
      aim("renewals a second, of the floor's", rate.value, "at least", 0.7, ""),
      ...replicas.map(({ memory }) =>
        aim(memory.label, memory.median, "at most", REPLICA_MEGABYTES, "MB"),
      ),
    ],
  });
}

async function renewOnSqlite() {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker();
  await using smaller = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, NODES, KEY);
  const fewer = await seedFleet(smaller.databaseFile, FEW_NODES, KEY);
  await using floor = await startFloor(stub, fleet);
  await using all = await startDeviceLoad(broker, fleet, LOAD);
  await using few = await startDeviceLoad(smaller, fewer, LOAD);
  await using lowest = await startDeviceLoad(floor, fleet, LOAD);
  return await compareLoads(
    [
      { name: "SQLite, 10,000 leases", load: all },
      { name: "SQLite, 1,000 leases", load: few },
      { name: "floor, 10,000 leases", load: lowest },
    ],
    RUNS,
    "renewals",
  );
}

/** Processor time of one renewal in microseconds, of a small fleet in a few seconds. */
export async function renewalCost(): Promise<number> {
  await using broker = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, FEW_NODES, KEY);
  await using load = await startDeviceLoad(broker, fleet, LOAD);
  const [{ cpu }] = await compareLoads([{ name: "", load }], { ...RUNS, calls: FEW_NODES });
  return cpu.median;
}

async function renewOnPostgres(): Promise<Figures> {
  await using world = await servePostgres({}, NODES, KEY);
  await using load = await startDeviceLoad(world.broker, world.fleet, LOAD);
  const [figures] = await compareLoads(
    [{ name: "PostgreSQL, 10,000 leases", load }],
    RUNS,
    "renewals",
  );
  return figures;
}
