import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findPostgres } from "@databox-cmk/testkit";
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
import { startLoadProcess } from "./load-process.ts";
import type { UnlockServer } from "./measure-unlocks.ts";
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
const LOAD = fileURLToPath(new URL("renewal-load-process.ts", import.meta.url));
const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });
/** No test calls it. */
const KEY = stubFleetKey("https://bench.vault.localhost:8443");

/**
 * Renewals of 10,000 live leases on one replica, with SQLite by turns with its floor and with a
 * smaller fleet, then with PostgreSQL; no vault is asked.
 */
export async function run(): Promise<BenchOutcome> {
  const onSqlite = await renewOnSqlite();
  const onPostgres = findPostgres() === undefined ? undefined : await renewOnPostgres();
  const { all, few, floor } = onSqlite;
  const rate = ratio("SQLite to the floor, renewals a second", all.perSecond, floor.perSecond);
  const replicas = [all, ...(onPostgres === undefined ? [] : [onPostgres])];
  return {
    kind: "measured",
    measurements: [all, few, floor, ...replicas.slice(1)].flatMap(measurementsOf),
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
  };
}

type Renewed = { readonly name: string } & Record<
  "renewal" | "p99" | "perSecond" | "cpu" | "megabytes",
  Measurement
>;

const measurementsOf = (renewed: Renewed): readonly Measurement[] => [
  renewed.renewal,
  renewed.p99,
  renewed.perSecond,
  renewed.cpu,
  renewed.megabytes,
];

async function renewOnSqlite(): Promise<Record<"all" | "few" | "floor", Renewed>> {
  using stub = await startAzureStub();
  await using broker = await startBenchBroker();
  await using smaller = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, NODES, KEY);
  const fewer = await seedFleet(smaller.databaseFile, FEW_NODES, KEY);
  await using floor = await startFloor(stub, fleet, { getsKey: false });
  const [all, few, lowest] = await renewByTurns([
    { name: "SQLite, 10,000 leases", server: broker, fleet },
    { name: "SQLite, 1,000 leases", server: smaller, fleet: fewer },
    { name: "floor, 10,000 leases", server: floor, fleet },
  ]);
  if (all === undefined || few === undefined || lowest === undefined)
    throw new TypeError("a contestant is missing");
  return { all, few, floor: lowest };
}

/** Processor time of one renewal in microseconds, of a small fleet in a few seconds. */
export async function renewalCost(): Promise<number> {
  await using broker = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, FEW_NODES, KEY);
  const [renewed] = await renewByTurns([{ name: "SQLite", server: broker, fleet }]);
  if (renewed === undefined) throw new TypeError("nothing was measured");
  return renewed.cpu.median;
}

async function renewOnPostgres(): Promise<Renewed> {
  await using world = await servePostgres({}, NODES, KEY);
  const [renewed] = await renewByTurns([
    { name: "PostgreSQL, 10,000 leases", server: world.broker, fleet: world.fleet },
  ]);
  if (renewed === undefined) throw new TypeError("nothing was measured");
  return renewed;
}

type Contestant = {
  readonly name: string;
  readonly server: UnlockServer & { residentBytes(): number };
  readonly fleet: readonly FleetNode[];
};

/** Round after round, so that all meet the same machine; the first round of each warms up. */
async function renewByTurns(contestants: readonly Contestant[]): Promise<readonly Renewed[]> {
  const running = [];
  for (const { name, server, fleet } of contestants) {
    const fleetFile = join(server.folder, "fleet.json");
    writeFileSync(fleetFile, JSON.stringify(fleet));
    const { port, caPem } = server;
    const job = { port, caPem, fleetFile, rounds: ROUNDS, inFlight: IN_FLIGHT };
    const load = startLoadProcess(LOAD, job);
    await load.next();
    const rounds: { readonly perSecond: number; readonly cpu: number }[] = [];
    running.push({ name, server, load, rounds, times: [] as number[] });
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { server, load, rounds, times: all } of running) {
      const opened = load.next();
      load.send("open");
      await opened;
      const cpuBefore = server.cpuSeconds();
      load.send("go");
      const { seconds, times } = MEASURED.parse(await load.next());
      const cpuSeconds = server.cpuSeconds() - cpuBefore;
      if (round === 0) continue;
      all.push(...times);
      rounds.push({
        perSecond: times.length / seconds,
        cpu: (cpuSeconds / times.length) * 1_000_000,
      });
    }
  return running.map(({ name, server, load, rounds, times }) => {
    load.stop();
    const cpu = rounds.map((each) => each.cpu);
    const perSecond = rounds.map((each) => each.perSecond);
    const megabytes = server.residentBytes() / MEGABYTE;
    return {
      name,
      renewal: summarise(`${name}: renewal`, "ms", times),
      p99: summarise(`${name}: p99`, "ms", [quantileOf(times, 0.99)]),
      perSecond: summarise(`${name}: renewals a second`, "/s", perSecond),
      cpu: summarise(`${name}: processor time of each`, "µs", cpu),
      megabytes: summarise(`${name}: memory`, "MB", [megabytes]),
    };
  });
}
