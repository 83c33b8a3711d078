import { join } from "node:path";

import { type PostgresServer, startPostgres } from "@databox-cmk/testkit";

import { type BenchBroker, createBrokerHome, serveFrom } from "./bench-broker.ts";
import { type FarServer, moveAway } from "./far-away.ts";
import { type FleetKey, type FleetNode, seedFleet } from "./seed-fleet.ts";

/**
 * A broker on a PostgreSQL server of its own (durable: fsync on), with a seeded fleet that was
 * moved there from SQLite.
 *
 * @param awayMs - one way from the broker to the server; 0: straight by its socket
 */
export async function servePostgres(
  variables: Readonly<Record<string, string>>,
  nodes: number,
  key: FleetKey,
  { workers = 1, awayMs = 0 }: { readonly workers?: number; readonly awayMs?: number } = {},
): Promise<
  AsyncDisposable & {
    readonly broker: BenchBroker;
    readonly fleet: readonly FleetNode[];
    /** If the server is far away. */
    readonly far: FarServer | undefined;
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
  const far = awayMs === 0 ? undefined : await moveServer(started, server, awayMs);
  const url = far?.url ?? server.url("postgres");
  const home = createBrokerHome({ ...variables, DATABASE_URL: url });
  const broker = started.use(await serveFrom(home, workers));
  const resources = started.move();
  return {
    broker,
    fleet,
    far,
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync();
    },
  };
}

/** The server's database, further away. */
async function moveServer(
  started: AsyncDisposableStack,
  server: PostgresServer,
  awayMs: number,
): Promise<FarServer & { readonly url: string }> {
  const socket = `.s.PGSQL.${String(server.port)}`;
  const far = started.use(await moveAway(join(server.socketFolder, socket), socket, awayMs));
  const url = server
    .url("postgres")
    .replace(encodeURIComponent(server.socketFolder), encodeURIComponent(far.folder));
  return { ...far, url };
}
