import { DatabaseSync } from "node:sqlite";

import { createHttpsTransport, findPostgres } from "@databox-cmk/testkit";

import { aim, type BenchOutcome, type Measured, measured, ratio } from "./bench-result.ts";
import { measureCalls } from "./each-at-once.ts";
import type { LoadedServer } from "./load.ts";
import { compareLoads, type Load, measureRun, startDeviceLoad } from "./measure-load.ts";
import { type FleetNode, stubFleetKey } from "./seed-fleet.ts";
import { type BenchDatabase, servePostgres } from "./serve-postgres.ts";
import { type AzureStub, startAzureStub } from "./start-azure-stub.ts";
import { startUnlockBroker, type UnlockBroker, unlockVariables } from "./unlock-world.ts";

const APPLIANCES = 1_000;
/** The orders for each appliance, its own included. */
const ORDERS_EACH = { sqlite: 100, postgres: 1_000 };
const LEASES_EACH = 100;
/** The other appliances renew. */
const UNLOCKING = 128;
const IN_FLIGHT = 50;
const RUNS = { calls: 1_000, rounds: 4 };
const API = "api-version=2022-12-01";

/** A broker and its orders. */
type World = {
  /** Its processor time includes that of its database. */
  readonly server: LoadedServer;
  readonly fleet: readonly FleetNode[];
  readonly token: string;
  readonly ordersEach: number;
};

type StartCalls = (world: World) => Promise<Load>;
const READS: Readonly<Record<string, StartCalls>> = {
  GET: (world) => startReads(world, (order) => `${order}?${API}&$expand=details`),
  "list page": (world) =>
    startReads(world, (order) => {
      const jobs = order.slice(0, order.lastIndexOf("/"));
      return `${jobs}?${API}&$skipToken=${Buffer.from(order).toString("base64url")}`;
    }),
};
const ALL_CALLS: typeof READS = {
  unlock: ({ server, fleet }) =>
    startDeviceLoad(server, fleet.slice(0, UNLOCKING), { inFlight: IN_FLIGHT }),
  renewal: ({ server, fleet }) =>
    startDeviceLoad(server, fleet.slice(UNLOCKING), { inFlight: IN_FLIGHT, kind: "renewal" }),
  ...READS,
};

/** The cost of a call with many orders, relative to few: on SQLite and on PostgreSQL. */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  const onSqlite = await compareOnSqlite(stub);
  if (findPostgres() === undefined) {
    const skipped = "PostgreSQL is not installed (apt-get install postgresql): it was skipped";
    return measured({ ...onSqlite, notes: [...onSqlite.notes, skipped] });
  }
  const onPostgres = await compareOnPostgres(stub);
  return measured({
    measurements: [...onSqlite.measurements, ...onPostgres.measurements],
    ratios: [...onSqlite.ratios, ...onPostgres.ratios],
    aims: [...onSqlite.aims, ...onPostgres.aims],
    notes: [...onSqlite.notes, ...onPostgres.notes],
  });
}

/**
 * Reading an order and a page of 20 orders, with 100,000 orders by turns with 1,000: processor time
 * of the broker, and the 99th percentile of each round.
 */
async function compareOnSqlite(stub: AzureStub): Promise<Measured> {
  await using small = await startUnlockBroker(stub, { nodes: APPLIANCES });
  await using large = await startUnlockBroker(stub, { nodes: APPLIANCES });
  growSqlite(large.broker.databaseFile);
  const [few, many] = [worldOf(small, stub, 1), worldOf(large, stub, ORDERS_EACH.sqlite)];
  const compared = await compareEach(READS, ["1,000 orders", "100,000 orders"], few, many);
  return measured({
    measurements: compared.flatMap(({ fewer, more }) =>
      [fewer, more].flatMap(({ cpu, p99 }) => [cpu, p99]),
    ),
    ratios: compared.flatMap(({ call, fewer, more }) => [
      ratio(`${call}: 100,000 orders to 1,000, processor time`, more.cpu, fewer.cpu),
      ratio(`${call}: 100,000 orders to 1,000, p99`, more.p99, fewer.p99),
    ]),
    aims: compared.map(({ call, fewer, more }) => {
      const of = `${call} with 100,000 orders, of that with 1,000`;
      return aim(of, ratio(of, more.cpu, fewer.cpu).value, "at most", 1.2, "");
    }),
    notes: [
      `SQLite: ${String(IN_FLIGHT)} in flight over TLS, ${String(RUNS.rounds)} rounds by turns; token and roles checked at each call; load, stub and broker share this machine`,
    ],
  });
}

/**
 * Each call with 1,000,000 orders and 100,000 live leases on PostgreSQL, by turns with 1,000 of
 * both: processor time of broker and database, and round trips between them.
 */
async function compareOnPostgres(stub: AzureStub): Promise<Measured> {
  await using small = await startPostgresWorld(stub);
  await using large = await startPostgresWorld(stub);
  await growPostgres(large.database);
  const few = postgresWorldOf(small, stub, 1);
  const many = postgresWorldOf(large, stub, ORDERS_EACH.postgres);
  const names = ["PostgreSQL, 1,000 orders", "PostgreSQL, 1,000,000 orders"] as const;
  const compared = await compareEach(ALL_CALLS, names, few, many);
  return measured({
    measurements: compared.flatMap(({ fewer, more }) =>
      [fewer, more].flatMap(({ cpu, database, p50, trips }) => [cpu, database, p50, trips]),
    ),
    ratios: compared.flatMap(({ call, fewer, more }) => [
      ratio(`${call}: 1,000,000 orders to 1,000, processor time`, more.cpu, fewer.cpu),
      ratio(`${call}: 1,000,000 orders to 1,000, p50`, more.p50, fewer.p50),
    ]),
    aims: compared.flatMap(({ call, fewer, more }) => {
      const of = `${call} with 1,000,000 orders on PostgreSQL, of that with 1,000`;
      const grown = (figure: "cpu" | "trips") => ratio(of, more[figure], fewer[figure]).value;
      return [
        aim(`${of}, processor time`, grown("cpu"), "at most", 1.2, ""),
        // Round trips that messages share are fewer than one for each, and vary with the load.
        ...(fewer.trips.median < 1
          ? []
          : [aim(`${of}, round trips`, grown("trips"), "at most", 1.2, "")]),
      ];
    }),
    notes: [
      `PostgreSQL: ${String(IN_FLIGHT)} in flight, ${String(RUNS.rounds)} rounds by turns; 1,000 appliances unlock and renew, reads are of all orders; processor time is that of the broker and of the database's processes for its connections`,
    ],
  });
}

type Postgres = Awaited<ReturnType<typeof startPostgresWorld>>;

const startPostgresWorld = (stub: AzureStub) =>
  servePostgres(unlockVariables(stub), APPLIANCES, stubFleetKey(stub.vaultUrl), { awayMs: 0 });

const worldOf = (
  { broker, fleet }: Pick<UnlockBroker, "broker" | "fleet">,
  stub: AzureStub,
  ordersEach: number,
): World => ({ server: broker, fleet, token: stub.operatorToken, ordersEach });

function postgresWorldOf(postgres: Postgres, stub: AzureStub, ordersEach: number): World {
  const { broker } = postgres;
  const cpuSeconds = () => broker.cpuSeconds() + (broker.databaseSeconds?.() ?? 0);
  return { ...worldOf(postgres, stub, ordersEach), server: { ...broker, cpuSeconds } };
}

/** Columns whose values end with the number of their copy, by table. */
const ORDER_TABLES: Readonly<Record<string, readonly string[]>> = {
  orders: ["id", "name"],
  order_stages: ["order_id"],
  order_identities: ["order_id"],
  order_keys: ["order_id"],
};
const NUMBERED: typeof ORDER_TABLES = {
  ...ORDER_TABLES,
  nodes: ["order_id", "serial", "device_kid"],
  envelopes: ["order_id", "serial", "env"],
  leases: ["id", "order_id", "serial"],
};

/**
 * Copies the orders straight in the database, because placing 100,000 one by one would take longer
 * than all the measuring.
 */
function growSqlite(databaseFile: string): void {
  using database = new DatabaseSync(databaseFile);
  database.exec("pragma busy_timeout = 10000; begin immediate");
  for (const [table, numbered] of Object.entries(ORDER_TABLES)) {
    const columns = database
      .prepare(`select name from pragma_table_info('${table}')`)
      .all()
      .map((row) => String(row["name"]));
    database.exec(copyRows(table, columns, numbered, ORDERS_EACH.sqlite));
  }
  // All at once, they would stay in the log beside the database, where each read looks first.
  database.exec("commit; pragma wal_checkpoint(truncate)");
}

/** The copies of an order follow it, so the appliances that unlock are spread over all orders. */
async function growPostgres(database: BenchDatabase): Promise<void> {
  // Without triggers, which would look for the order of each row.
  const statements = ["set session_replication_role = replica"];
  for (const [table, numbered] of Object.entries(NUMBERED)) {
    const columns = await database.query(
      `select column_name from information_schema.columns
        where table_name = '${table}' and table_schema = current_schema()`,
    );
    const to = table === "leases" ? LEASES_EACH : ORDERS_EACH.postgres;
    statements.push(copyRows(table, columns, numbered, to));
  }
  // PostgreSQL would keep plans that read all of a table that is empty then.
  statements.push(`vacuum analyze ${Object.keys(NUMBERED).join(", ")}`, "checkpoint");
  await database.query(`${statements.join(";\n")};`);
}

/** @returns a statement for both databases: `{id}` becomes `{id}-1`, `{id}-2` up to `{id}-{to}` */
function copyRows(
  table: string,
  columns: readonly string[],
  numbered: readonly string[],
  to: number,
): string {
  const values = columns.map((column) =>
    numbered.includes(column) ? `${column} || '-' || n` : column,
  );
  return `with recursive numbers(n) as (
      select 1 union all select n + 1 from numbers where n + 1 < ${String(to)})
    insert into ${table} (${columns.join(", ")})
    select ${values.join(", ")} from ${table}, numbers where true`;
}

/** Each call by turns with few orders and with many. */
async function compareEach(
  calls: typeof READS,
  [fewName, manyName]: readonly [string, string],
  few: World,
  many: World,
) {
  const compared = [];
  for (const [call, start] of Object.entries(calls)) {
    await using fewLoad = await start(few);
    await using manyLoad = await start(many);
    const [fewer, more] = await compareLoads(
      [
        { name: `${call}, ${fewName}`, load: fewLoad },
        { name: `${call}, ${manyName}`, load: manyLoad },
      ],
      RUNS,
    );
    compared.push({ call, fewer, more });
  }
  return compared;
}

/** Reads of orders far from each other. */
function startReads(world: World, pathOf: (order: string) => string): Promise<Load> {
  const { server, fleet, token, ordersEach } = world;
  const transport = createHttpsTransport({
    origin: `https://broker.localhost:${String(server.port)}`,
    certificateAuthorityPem: server.caPem,
  });
  let reads = 0;
  const headers = { authorization: `Bearer ${token}` };
  const readNext = async () => {
    const index = (reads * 7_919) % (fleet.length * ordersEach);
    reads += 1;
    const { order = "" } = fleet[index % fleet.length] ?? {};
    const copy = Math.floor(index / fleet.length);
    const path = pathOf(copy === 0 ? order : `${order}-${String(copy)}`);
    const { status, text } = await transport.send("GET", path, { headers });
    if (status !== 200)
      throw new Error(`${path} answered ${String(status)}: ${text.slice(0, 200)}`);
  };
  return Promise.resolve({
    run: (calls) =>
      measureRun(server, async () => {
        const startedAt = performance.now();
        const times = await measureCalls(calls, IN_FLIGHT, readNext);
        return { seconds: (performance.now() - startedAt) / 1000, times };
      }),
    [Symbol.asyncDispose]() {
      transport.close();
      return Promise.resolve();
    },
  });
}
