import { join } from "node:path";

import { startPostgres } from "@databox-cmk/testkit";

import { type BenchBroker, createBrokerHome, serveFrom } from "./bench-broker.ts";
import { type FleetKey, type FleetNode, seedFleet } from "./seed-fleet.ts";

/** A broker on a PostgreSQL server of its own (durable: fsync on), with a seeded fleet that was moved there from SQLite. */
export async function servePostgres(
  variables: Readonly<Record<string, string>>,
  nodes: number,
  key: FleetKey,
  workers = 1,
): Promise<
  AsyncDisposable & { readonly broker: BenchBroker; readonly fleet: readonly FleetNode[] }
> {
  await using started = new AsyncDisposableStack();
  const server = started.use(await startPostgres({ fsync: true }));
  using source = createBrokerHome(variables);
  source.command("migrate");
  const fleet = await seedFleet(source.databaseFile, nodes, key);
  const file = join(source.folder, "store.jsonl");
  source.command("export", file);
  const home = createBrokerHome({ ...variables, DATABASE_URL: server.url("postgres") });
  home.command("import", file);
  const broker = started.use(await serveFrom(home, workers));
  const resources = started.move();
  return {
    broker,
    fleet,
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync();
    },
  };
}
