import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findPostgres } from "@databox-cmk/testkit";
import * as z from "zod";

import { type BenchBroker, startBenchBroker } from "./bench-broker.ts";
import {
  aim,
  type Aim,
  type BenchResult,
  type Measurement,
  quantileOf,
  summarise,
} from "./bench-result.ts";
import { startLoadProcess } from "./load-process.ts";
import { type FleetNode, seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { servePostgres } from "./serve-postgres.ts";

const NODES = 10_000;
/** To show what grows with the fleet. */
const FEW_NODES = 1_000;
/** One is for warming up. */
const ROUNDS = 4;
const IN_FLIGHT = 64;
const P99_MS = 50;
const REPLICA_MEGABYTES = 200;
const MEGABYTE = 1_000_000;
const LOAD = fileURLToPath(new URL("renewal-load-process.ts", import.meta.url));
const MEASURED = z.object({ seconds: z.number(), times: z.array(z.number()) });
/** No test calls it. */
const KEY = stubFleetKey("https://bench.vault.localhost:8443");

/**
 * Renewals of 10,000 live leases on one replica, with SQLite and with PostgreSQL; no vault is
 * asked.
 */
export async function run(): Promise<BenchResult> {
  const few = await renewOnSqlite(FEW_NODES);
  const sqlite = await renewOnSqlite(NODES);
  const postgres = findPostgres() === undefined ? undefined : await renewOnPostgres();
  return {
    kind: "measured",
    name: "renewal",
    measurements: [...sqlite.measurements, ...few.measurements, ...(postgres?.measurements ?? [])],
    ratios: [],
    notes: [
      `${NODES.toLocaleString("en")} leases, ${String(ROUNDS)} rounds, ${String(IN_FLIGHT)} in flight over TLS; load, database and broker share this machine`,
      ...(postgres === undefined
        ? ["PostgreSQL is not installed (apt-get install postgresql): its part was skipped"]
        : []),
    ],
    aims: [...sqlite.aims, ...(postgres?.aims ?? [])],
  };
}

type Part = { readonly measurements: readonly Measurement[]; readonly aims: readonly Aim[] };

async function renewOnSqlite(nodes: number): Promise<Part> {
  await using broker = await startBenchBroker();
  const fleet = await seedFleet(broker.databaseFile, nodes, KEY);
  return await renewAll("SQLite", 5_000, broker, fleet);
}

async function renewOnPostgres(): Promise<Part> {
  await using world = await servePostgres({}, NODES, KEY);
  return await renewAll("PostgreSQL", 4_000, world.broker, world.fleet);
}

async function renewAll(
  engine: string,
  aimedPerSecond: number,
  broker: BenchBroker,
  fleet: readonly FleetNode[],
): Promise<Part> {
  const fleetFile = join(broker.folder, "fleet.json");
  writeFileSync(fleetFile, JSON.stringify(fleet));
  const { port, caPem } = broker;
  const name = `${engine}, ${fleet.length.toLocaleString("en")} leases`;
  const job = { port, caPem, fleetFile, rounds: ROUNDS, inFlight: IN_FLIGHT };
  const load = startLoadProcess(LOAD, job);
  await load.next();
  const cpuBefore = broker.cpuSeconds();
  load.send("go");
  const message = await load.next();
  const cpuSeconds = broker.cpuSeconds() - cpuBefore;
  const megabytes = broker.residentBytes() / MEGABYTE;
  load.stop();
  const { seconds, times } = MEASURED.parse(message);
  const measured = times.slice(fleet.length);
  const perSecond = times.length / seconds;
  const p99 = quantileOf(measured, 0.99);
  const cpuMicroseconds = (cpuSeconds / times.length) * 1_000_000;
  return {
    measurements: [
      summarise(`${name}: renewal`, "ms", measured),
      summarise(`${name}: p99`, "ms", [p99]),
      summarise(`${name}: renewals a second`, "/s", [perSecond]),
      summarise(`${name}: processor time of the broker for each`, "µs", [cpuMicroseconds]),
      summarise(`${name}: memory of the replica`, "MB", [megabytes]),
    ],
    aims: [
      aim(`renewals, ${engine}`, perSecond, "at least", aimedPerSecond, "/s"),
      aim(`p99 of renewals, ${engine}`, p99, "at most", P99_MS, "ms"),
      aim(`memory with 10,000 leases, ${engine}`, megabytes, "at most", REPLICA_MEGABYTES, "MB"),
    ],
  };
}
