import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import {
  findPostgres,
  openPostgresLink,
  type PostgresLink,
  type PostgresServer,
  startPostgres,
} from "@databox-cmk/testkit";

import { type BenchBroker, createBrokerHome, serveFrom } from "./bench-broker.ts";
import { cpuSecondsOfChildren } from "./process-usage.ts";
import { type FleetKey, type FleetNode, seedFleet } from "./seed-fleet.ts";

/**
 * A broker on a PostgreSQL server of its own (durable: fsync on), with a seeded fleet that was
 * moved there from SQLite.
 *
 * @param awayMs - one way from the broker to the server, whose round trips are then counted;
 * absent: straight by its socket
 */
export async function servePostgres(
  variables: Readonly<Record<string, string>>,
  nodes: number,
  key: FleetKey,
  { awayMs }: { readonly awayMs?: number | undefined } = {},
): Promise<
  AsyncDisposable & {
    readonly broker: BenchBroker;
    readonly fleet: readonly FleetNode[];
    readonly database: BenchDatabase;
  }
> {
  await using started = new AsyncDisposableStack();
  const server = started.use(await startPostgres({ fsync: true }));
  using source = createBrokerHome(variables);
  source.command("migrate");
  const fleet = await seedFleet(source.databaseFile, nodes, key);
  const file = join(source.folder, "store.jsonl");
  source.command("export", file);
  using near = createBrokerHome({ ...variables, DATABASE_URL: server.url("postgres") });
  near.command("import", file);
  const far = awayMs === undefined ? undefined : started.use(await openFarLink(server, awayMs));
  const url = far?.url ?? server.url("postgres");
  const home = createBrokerHome({ ...variables, DATABASE_URL: url });
  const served = started.use(await serveFrom(home));
  const database = await openDatabase(server);
  const resources = started.move();
  return {
    broker: {
      ...served,
      databaseSeconds: () => database.cpuSeconds(),
      roundTrips: () => far?.roundTrips() ?? 0,
    },
    fleet,
    database,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The database, past the broker. */
export type BenchDatabase = {
  /** @returns the rows, with "|" between columns. @throws {Error} when a statement fails */
  query(statements: string): Promise<readonly string[]>;
  /** Processor time of the server's processes for the connections that are open. */
  cpuSeconds(): number;
};

const run = promisify(execFile);

async function openDatabase(server: PostgresServer): Promise<BenchDatabase> {
  const psql = join(findPostgres() ?? "", "psql");
  const query = async (statements: string): Promise<readonly string[]> => {
    const running = run(psql, ["-qAtX", "-v", "ON_ERROR_STOP=1", server.url("postgres")]);
    running.child.stdin?.end(statements);
    return (await running).stdout.split("\n").filter(Boolean);
  };
  const [pid] = await query("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
  return {
    query,
    cpuSeconds: () => cpuSecondsOfChildren(Number(pid), `postgres: ${server.user} `),
  };
}

/** Its bytes arrive so many milliseconds later on the other side. */
const openFarLink = (server: PostgresServer, awayMs: number): Promise<PostgresLink> =>
  openPostgresLink(server.url("postgres"), ({ pass }) => {
    if (awayMs === 0) pass();
    else setTimeout(pass, awayMs);
  });
