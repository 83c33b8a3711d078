import { cpus } from "node:os";
import { DatabaseSync } from "node:sqlite";

import { startBenchBroker } from "./bench-broker.ts";
import { type BenchOutcome, measured, type Measurement, single } from "./bench-result.ts";
import { type LoadedServer, startLoad } from "./load.ts";
import { measureRun, startUnlockLoad, type UnlockRun } from "./measure-unlocks.ts";
import { type FleetNode, seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { servePostgres } from "./serve-postgres.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { unlockVariables } from "./unlock-world.ts";

const NODES = 3_000;
const UNLOCKING_NODES = 500;
const IN_FLIGHT = 16;
/** The first ones warm up; a round of renewals goes once around the fleet. */
const UNLOCKS = 3_000;
const ROUNDS = 3;

/** By table: its bytes with its indexes. */
type Sizes = ReadonlyMap<string, number>;
type Database = {
  readonly name: string;
  readonly server: LoadedServer;
  readonly fleet: readonly FleetNode[];
  sizes(): Promise<Sizes>;
  auditRows(): Promise<number>;
  /** Processor time of a server beside the broker. */
  cpuSeconds(): number;
};

/**
 * Measures the needs of an open appliance: bytes in the database of an order, an unlock and an
 * audit row, on both engines, and the database's processor time.
 */
export async function run(): Promise<BenchOutcome> {
  return measured({
    measurements: [...(await measureOnSqlite()), ...(await measureOnPostgres())],
    notes: [
      `${NODES.toLocaleString("en")} orders with one open appliance each, ${String(IN_FLIGHT)} in flight; load, vault, database and broker share this machine (${String(cpus().length)} × ${cpus()[0]?.model ?? "?"})`,
    ],
  });
}

async function measureOnSqlite(): Promise<readonly Measurement[]> {
  await using stub = await startAzureStub();
  await using server = await startBenchBroker(unlockVariables(stub));
  const fleet = await seedFleet(server.databaseFile, NODES, stubFleetKey(stub.vaultUrl));
  const query = (sql: string) => {
    const database = new DatabaseSync(server.databaseFile);
    database.exec("pragma busy_timeout = 10000; pragma wal_checkpoint(truncate)");
    const rows = database.prepare(sql).all();
    database.close();
    return rows;
  };
  const bytes =
    "select tbl_name as name, sum(pgsize) as bytes from dbstat join sqlite_schema using (name) group by tbl_name";
  return await measureEach({
    name: "SQLite",
    server,
    fleet,
    sizes: () =>
      Promise.resolve(
        new Map(query(bytes).map((row) => [String(row["name"]), Number(row["bytes"])])),
      ),
    auditRows: () => Promise.resolve(Number(query("select count(*) as n from audit")[0]?.["n"])),
    cpuSeconds: () => 0,
  });
}

async function measureOnPostgres(): Promise<readonly Measurement[]> {
  await using stub = await startAzureStub();
  const key = stubFleetKey(stub.vaultUrl);
  await using world = await servePostgres(unlockVariables(stub), NODES, key);
  const { database } = world;
  return await measureEach({
    name: "PostgreSQL",
    server: world.broker,
    fleet: world.fleet,
    async sizes() {
      const rows = await database.query(
        "vacuum; select relname, pg_total_relation_size(relid) from pg_stat_user_tables",
      );
      return new Map(
        rows.map((row) => [row.split("|")[0] ?? "", Number(row.split("|")[1])] as const),
      );
    },
    auditRows: async () => Number((await database.query("select count(*) from audit"))[0]),
    cpuSeconds: () => database.cpuSeconds(),
  });
}

const sum = (sizes: Sizes) => [...sizes.values()].reduce((all, bytes) => all + bytes, 0);

async function measureEach(database: Database): Promise<readonly Measurement[]> {
  const { name, server, fleet } = database;
  const ofFleet = await database.sizes();
  /** The broker's own is measured by other benches. */
  const cost = async (what: string, work: () => Promise<UnlockRun>) => {
    const before = database.cpuSeconds();
    const { times } = await work();
    const microseconds = ((database.cpuSeconds() - before) / times.length) * 1_000_000;
    return single(`${name}: ${what}, the database's processor time`, "µs", microseconds);
  };

  const unlocking = fleet.slice(0, UNLOCKING_NODES);
  await using unlocks = await startUnlockLoad(server, unlocking, { inFlight: IN_FLIGHT });
  await unlocks.run(UNLOCKS);
  const [before, rowsBefore] = [await database.sizes(), await database.auditRows()];
  const ofUnlock = await cost("an unlock", () => unlocks.run(UNLOCKS));
  const [after, rowsAfter] = [await database.sizes(), await database.auditRows()];
  const rows = rowsAfter - rowsBefore;
  const grown = (table: string) => (after.get(table) ?? 0) - (before.get(table) ?? 0);

  const renewing = fleet.slice(UNLOCKING_NODES);
  const main = new URL("renewal-load-process.ts", import.meta.url);
  const options = { rounds: ROUNDS, inFlight: IN_FLIGHT };
  await using renewals = await startLoad(main, server, renewing, options);
  const renew = async () => {
    await renewals.ask("open");
    return measureRun(server, () => renewals.ask("go"));
  };
  for (let round = 1; round < ROUNDS; round += 1) await renew();
  const ofRenewal = await cost("a renewal", renew);
  return [
    single(`${name}: an order with an open appliance`, "bytes", sum(ofFleet) / fleet.length),
    single(`${name}: an audit row`, "bytes", grown("audit") / rows),
    single(`${name}: audit rows of an unlock`, "", rows / UNLOCKS),
    single(`${name}: an unlock`, "bytes", (sum(after) - sum(before)) / UNLOCKS),
    // SQLite runs in the broker's process.
    ...(name === "SQLite" ? [] : [ofUnlock, ofRenewal]),
  ];
}
