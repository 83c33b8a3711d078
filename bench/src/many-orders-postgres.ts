import { createHttpsTransport, type Transport } from "@databox-cmk/testkit";

import { aim, type Measured, measured, quantileOf, ratio, summarise } from "./bench-result.ts";
import { measureCalls } from "./each-at-once.ts";
import { type LoadedServer, startLoad } from "./load.ts";
import { measureRun, startUnlockLoad, type UnlockLoad, type UnlockRun } from "./measure-unlocks.ts";
import { type FleetNode, stubFleetKey } from "./seed-fleet.ts";
import { type CopiedTables, copyRows } from "./seed-orders.ts";
import { type BenchDatabase, servePostgres } from "./serve-postgres.ts";
import { type AzureStub, startAzureStub } from "./start-azure-stub.ts";
import { unlockVariables } from "./unlock-world.ts";

const APPLIANCES = 1_000;
/** The orders for each appliance, its own included. */
const ORDERS_EACH = 1_000;
const LEASES_EACH = 100;
/** The other appliances renew. */
const UNLOCKING = 128;
const IN_FLIGHT = 50;
const CALLS_OF_ROUND = 1_000;
const ROUNDS = 4;
const API = "api-version=2022-12-01";

/** A broker, and its database on a server of its own. */
type World = {
  /** Its processor time is that of both. */
  readonly server: LoadedServer;
  readonly fleet: readonly FleetNode[];
  readonly token: string;
  readonly ordersEach: number;
  /** The database's part of the processor time. */
  databaseSeconds(): number;
  roundTrips(): number;
};

const CALLS: Readonly<Record<string, (world: World) => Promise<UnlockLoad>>> = {
  unlock: ({ server, fleet }) =>
    startUnlockLoad(server, fleet.slice(0, UNLOCKING), { inFlight: IN_FLIGHT }),
  renewal: startRenewals,
  GET: (world) => startReads(world, (order) => `${order}?${API}&$expand=details`),
  "list page": (world) =>
    startReads(world, (order) => {
      const jobs = order.slice(0, order.lastIndexOf("/"));
      return `${jobs}?${API}&$skipToken=${Buffer.from(order).toString("base64url")}`;
    }),
};

/**
 * Each call with 1,000,000 orders and 100,000 live leases on PostgreSQL, by turns with 1,000 of
 * both: processor time of broker and database, and round trips between them.
 */
export async function compareOnPostgres(): Promise<Measured> {
  await using stub = await startAzureStub();
  await using small = await startWorld(stub);
  await using large = await startWorld(stub);
  await growFleet(large.database);
  const few = worldOf(small, stub, 1);
  const many = worldOf(large, stub, ORDERS_EACH);
  const compared = [];
  for (const [call, start] of Object.entries(CALLS))
    compared.push({ call, ...(await compare(call, start, few, many)) });
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
      `PostgreSQL: ${String(IN_FLIGHT)} in flight, ${String(ROUNDS)} rounds by turns; 1,000 appliances unlock and renew, reads are of all orders; processor time is that of the broker and of the database's processes for its connections`,
    ],
  });
}

type Postgres = Awaited<ReturnType<typeof startWorld>>;

const startWorld = (stub: AzureStub) =>
  servePostgres(unlockVariables(stub), APPLIANCES, stubFleetKey(stub.vaultUrl), { awayMs: 0 });

function worldOf({ broker, database, fleet, far }: Postgres, stub: AzureStub, ordersEach: number) {
  const cpuSeconds = () => broker.cpuSeconds() + database.cpuSeconds();
  return {
    server: { ...broker, cpuSeconds },
    fleet,
    token: stub.operatorToken,
    ordersEach,
    databaseSeconds: () => database.cpuSeconds(),
    roundTrips: () => far?.roundTrips() ?? Number.NaN,
  };
}

/** Columns that differ in a copy, by table. */
const NUMBERED: CopiedTables = {
  orders: ["id", "name"],
  order_stages: ["order_id"],
  order_identities: ["order_id"],
  order_keys: ["order_id"],
  nodes: ["order_id", "serial", "device_kid"],
  envelopes: ["order_id", "serial", "env"],
  leases: ["id", "order_id", "serial"],
};

/** The copies of an order follow it, so the appliances that unlock are spread over all orders. */
async function growFleet(database: BenchDatabase): Promise<void> {
  // Without triggers, which would look for the order of each row.
  const statements = ["set session_replication_role = replica"];
  for (const [table, numbered] of Object.entries(NUMBERED)) {
    const columns = await database.query(
      `select column_name from information_schema.columns
        where table_name = '${table}' and table_schema = current_schema()`,
    );
    const to = table === "leases" ? LEASES_EACH : ORDERS_EACH;
    statements.push(copyRows(table, columns, numbered, { from: 1, to }));
  }
  // PostgreSQL would keep plans that read all of a table that is empty then.
  statements.push(`vacuum analyze ${Object.keys(NUMBERED).join(", ")}`, "checkpoint");
  await database.query(`${statements.join(";\n")};`);
}

async function compare(
  call: string,
  start: (world: World) => Promise<UnlockLoad>,
  few: World,
  many: World,
) {
  await using fewer = await start(few);
  await using more = await start(many);
  const sides = [
    { world: few, load: fewer, runs: [] as Run[] },
    { world: many, load: more, runs: [] as Run[] },
  ] as const;
  // The first round goes uncounted: connections, plans, and code that is not compiled yet.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { world, load, runs } of sides) {
      const [tripsBefore, secondsBefore] = [world.roundTrips(), world.databaseSeconds()];
      const run = await load.run(CALLS_OF_ROUND);
      const trips = (world.roundTrips() - tripsBefore) / run.times.length;
      const seconds = (world.databaseSeconds() - secondsBefore) / run.times.length;
      if (round > 0) runs.push({ ...run, trips, databaseMicroseconds: seconds * 1_000_000 });
    }
  const [small, large] = sides;
  return {
    fewer: figuresOf(`${call}, PostgreSQL, 1,000 orders`, small.runs),
    more: figuresOf(`${call}, PostgreSQL, 1,000,000 orders`, large.runs),
  };
}

type Run = UnlockRun & { readonly trips: number; readonly databaseMicroseconds: number };

function figuresOf(name: string, runs: readonly Run[]) {
  const of = (what: string, unit: string, value: (run: Run) => number) =>
    summarise(`${name}: ${what}`, unit, runs.map(value));
  return {
    cpu: of("processor time of each", "µs", ({ cpuMicroseconds }) => cpuMicroseconds),
    database: of("of it, the database's", "µs", (run) => run.databaseMicroseconds),
    p50: of("p50", "ms", ({ times }) => quantileOf(times, 0.5)),
    trips: of("round trips of each", "", ({ trips }) => trips),
  };
}

/** Each round renews all leases once. */
async function startRenewals({ server, fleet }: World): Promise<UnlockLoad> {
  const main = new URL("renewal-load-process.ts", import.meta.url);
  const options = { rounds: ROUNDS + 1, inFlight: IN_FLIGHT };
  const load = await startLoad(main, server, fleet.slice(UNLOCKING), options);
  return {
    async run() {
      await load.ask("open");
      return measureRun(server, () => load.ask("go"));
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
}

/** Reads of orders far from each other. */
function startReads(world: World, pathOf: (order: string) => string): Promise<UnlockLoad> {
  const { server, fleet, token, ordersEach } = world;
  const transport = createHttpsTransport({
    origin: `https://broker.localhost:${String(server.port)}`,
    certificateAuthorityPem: server.caPem,
  });
  let reads = 0;
  const readNext = () => {
    const index = (reads * 7_919) % (fleet.length * ordersEach);
    reads += 1;
    const { order = "" } = fleet[index % fleet.length] ?? {};
    const copy = Math.floor(index / fleet.length);
    return expectOk(transport, pathOf(copy === 0 ? order : `${order}-${String(copy)}`), token);
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

/** @throws {Error} when it is not answered 200 */
export async function expectOk(transport: Transport, path: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const { status, text } = await transport.send("GET", path, { headers });
  if (status !== 200) throw new Error(`${path} answered ${String(status)}: ${text.slice(0, 200)}`);
}
