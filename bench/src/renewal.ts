import { findPostgres } from "@databox-cmk/testkit";

import { startBenchBroker } from "./bench-broker.ts";
import {
  aim,
  type BenchOutcome,
  type Measurement,
  measured,
  quantileOf,
  ratio,
  single,
  summarise,
} from "./bench-result.ts";
import { mapTuple } from "./each-at-once.ts";
import { type LoadedServer, startLoad } from "./load.ts";
import { measureRun, type UnlockRun } from "./measure-unlocks.ts";
import { type FleetNode, seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { servePostgres } from "./serve-postgres.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";

const NODES = 10_000;
/** To show what grows with the fleet. */
const FEW_NODES = 1_000;
/** One is for warming up. */
const ROUNDS = 4;
const IN_FLIGHT = 64;
const REPLICA_MEGABYTES = 200;
const MEGABYTE = 1_000_000;
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
    measurements: [all, few, floor, ...replicas.slice(1)].flatMap(
      ({ renewal, p99, perSecond, cpu, megabytes }) => [renewal, p99, perSecond, cpu, megabytes],
    ),
    ratios: [
      rate,
      ratio("SQLite to the floor, processor time", all.cpu, floor.cpu),
      ratio("10,000 leases to 1,000 on SQLite, processor time", all.cpu, few.cpu),
      ...(onPostgres === undefined
        ? []
        : [ratio("PostgreSQL to SQLite, renewals a second", onPostgres.perSecond, all.perSecond)]),
    ],
    notes: [
      `${NODES.toLocaleString("en")} leases, ${String(ROUNDS)} rounds, ${String(IN_FLIGHT)} in flight over TLS; load, database and broker share this machine`,
      ...(onPostgres === undefined
        ? ["PostgreSQL is not installed (apt-get install postgresql): its part was skipped"]
        : []),
    ],
    aims: [
      aim("renewals a second, of the floor's", rate.value, "at least", 0.7, ""),
      ...replicas.map(({ name, megabytes }) =>
        aim(`memory, ${name}`, megabytes.median, "at most", REPLICA_MEGABYTES, "MB"),
      ),
    ],
  });
}

type Renewed = { readonly name: string } & Record<
  "renewal" | "p99" | "perSecond" | "cpu" | "megabytes",
  Measurement
>;

async function renewOnSqlite() {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker();
  await using smaller = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, NODES, KEY);
  const fewer = await seedFleet(smaller.databaseFile, FEW_NODES, KEY);
  await using floor = await startFloor(stub, fleet);
  return await renewByTurns([
    { name: "SQLite, 10,000 leases", server: broker, fleet },
    { name: "SQLite, 1,000 leases", server: smaller, fleet: fewer },
    { name: "floor, 10,000 leases", server: floor, fleet },
  ]);
}

/** Processor time of one renewal in microseconds, of a small fleet in a few seconds. */
export async function renewalCost(): Promise<number> {
  await using broker = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, FEW_NODES, KEY);
  const [renewed] = await renewByTurns([{ name: "SQLite", server: broker, fleet }]);
  return renewed.cpu.median;
}

async function renewOnPostgres(): Promise<Renewed> {
  await using world = await servePostgres({}, NODES, KEY);
  const { broker: server, fleet } = world;
  const [renewed] = await renewByTurns([{ name: "PostgreSQL, 10,000 leases", server, fleet }]);
  return renewed;
}

type Contestant = {
  readonly name: string;
  readonly server: LoadedServer & { residentBytes(): number };
  readonly fleet: readonly FleetNode[];
};

/** Round after round, so that all meet the same machine; the first round of each warms up. */
async function renewByTurns<const Contestants extends readonly Contestant[]>(
  contestants: Contestants,
): Promise<{ readonly [Index in keyof Contestants]: Renewed }> {
  await using loads = new AsyncDisposableStack();
  const main = new URL("renewal-load-process.ts", import.meta.url);
  const running: {
    readonly server: LoadedServer;
    readonly load: Awaited<ReturnType<typeof startLoad>>;
    readonly runs: UnlockRun[];
  }[] = [];
  for (const { server, fleet } of contestants) {
    const options = { rounds: ROUNDS, inFlight: IN_FLIGHT };
    const load = loads.use(await startLoad(main, server, fleet, options));
    running.push({ server, load, runs: [] });
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { server, load, runs } of running) {
      await load.ask("open");
      const measuredRun = await measureRun(server, () => load.ask("go"));
      if (round > 0) runs.push(measuredRun);
    }
  return mapTuple(contestants, ({ name, server }, index): Renewed => {
    const runs = running[index]?.runs ?? [];
    const times = runs.flatMap((each) => each.times);
    return {
      name,
      renewal: summarise(`${name}: renewal`, "ms", times),
      p99: single(`${name}: p99`, "ms", quantileOf(times, 0.99)),
      perSecond: summarise(
        `${name}: renewals a second`,
        "/s",
        runs.map((each) => each.perSecond),
      ),
      cpu: summarise(
        `${name}: processor time of each`,
        "µs",
        runs.map((each) => each.cpuMicroseconds),
      ),
      megabytes: single(`${name}: memory`, "MB", server.residentBytes() / MEGABYTE),
    };
  });
}
