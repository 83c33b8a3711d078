import { findPostgres } from "@databox-cmk/testkit";

import { aim, type BenchOutcome, measured, ratio, single } from "./bench-result.ts";
import { allOf, compareLoads, startDeviceLoad } from "./measure-load.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const LOAD = { inFlight: 64 };
const RUNS = { calls: 4_000, rounds: 3 };
/** The distance of a database in another zone of a region. */
const AWAY_MS = 1;
const ALONE = { inFlight: 1 };
/** The counters of a device go up, so a run of single unlocks has devices of its own. */
const ALONE_DEVICES = 16;
const FEW = { calls: 300, rounds: 3 };

/**
 * Unlocks with PostgreSQL on this machine (fsync on, Unix socket), by turns with SQLite; then one
 * by one, here and further away.
 */
export async function run(): Promise<BenchOutcome> {
  if (findPostgres() === undefined)
    return {
      kind: "skipped",
      reason: "PostgreSQL is not installed (apt-get install postgresql)",
    };
  await using stub = await startAzureStub();
  await using postgres = await startUnlockBroker(stub, { postgres: {} });
  await using sqlite = await startUnlockBroker(stub);
  await using load = await startDeviceLoad(
    postgres.broker,
    postgres.fleet.slice(ALONE_DEVICES),
    LOAD,
  );
  await using sqliteLoad = await startDeviceLoad(sqlite.broker, sqlite.fleet, LOAD);
  const [ours, other] = await compareLoads(
    [
      { name: "PostgreSQL", load },
      { name: "SQLite", load: sqliteLoad },
    ],
    RUNS,
  );
  await using far = await startUnlockBroker(stub, { postgres: { awayMs: AWAY_MS } });
  await using nearAlone = await startDeviceLoad(
    postgres.broker,
    postgres.fleet.slice(0, ALONE_DEVICES),
    ALONE,
  );
  await using farAlone = await startDeviceLoad(far.broker, far.fleet, ALONE);
  const [near, away] = await compareLoads(
    [
      { name: "PostgreSQL, 1 connection", load: nearAlone },
      { name: `PostgreSQL ${String(AWAY_MS)} ms away, 1 connection`, load: farAlone },
    ],
    FEW,
  );
  // The broker's own work beside the unlocks is rounded away.
  const trips = Math.round(away.trips.median);
  const rate = ratio("PostgreSQL to SQLite, unlocks a second", ours.perSecond, other.perSecond);
  return measured({
    measurements: [
      ...[ours, other].flatMap(allOf),
      near.p50,
      away.p50,
      single("round trips to the database of each unlock", "", trips),
    ],
    ratios: [rate],
    notes: [
      `${String(LOAD.inFlight)} in flight; load, vault, PostgreSQL and broker share this machine; processor time is the broker's alone`,
      `each round trip of an unlock to the database adds ${String(2 * AWAY_MS)} ms or more if the database is ${String(AWAY_MS)} ms away`,
    ],
    aims: [
      aim("unlocks a second, of SQLite's", rate.value, "at least", 0.8, ""),
      aim("round trips of an unlock", trips, "at most", 5, ""),
    ],
  });
}
