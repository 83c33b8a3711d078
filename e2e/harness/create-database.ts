import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { findPostgres, type PostgresServer } from "@databox-cmk/testkit";

/** An empty database on a server. @returns its address */
export async function createDatabase(server: PostgresServer, name: string): Promise<string> {
  const program = join(findPostgres() ?? "", "createdb");
  const parameters = [`--maintenance-db=${server.url("postgres")}`, name];
  const [code] = await once(spawn(program, parameters, { stdio: "inherit" }), "close");
  if (code !== 0) throw new Error(`createdb ended with ${String(code)}`);
  return server.url(name);
}
