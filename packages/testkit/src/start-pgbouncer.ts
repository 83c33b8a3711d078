import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type PostgresServer, startServer, unprivilegedAccount } from "./start-postgres.ts";

export type Pgbouncer = AsyncDisposable & {
  readonly configurationFile: string;
  /** `postgresql://` address of the database over its Unix socket. */
  url(user: string): string;
  /** Reads the configuration again (SIGHUP). */
  reload(): void;
};

const PROGRAM = "/usr/sbin/pgbouncer";
const PORT = 6432;

export const hasPgbouncer = (): boolean => existsSync(PROGRAM);

/**
 * Debian's pgbouncer before a database of a server. It trusts everyone who may enter the folder
 * of its socket. It ends with this process in any case.
 *
 * @param settings - of the section `pgbouncer`, besides those that say where it is and who may use
 * it
 */
export async function startPgbouncer(
  { socketFolder, port, user }: PostgresServer,
  database: string,
  settings: Readonly<Record<string, string>>,
): Promise<Pgbouncer> {
  const folder = mkdtempSync(join(tmpdir(), "pgbouncer-"));
  const configurationFile = join(folder, "pgbouncer.ini");
  const pidFile = join(folder, "pgbouncer.pid");
  writeFileSync(
    configurationFile,
    [
      "[databases]",
      `${database} = host=${socketFolder} port=${String(port)}`,
      "[pgbouncer]",
      ...Object.entries({
        listen_port: String(PORT),
        unix_socket_dir: folder,
        pidfile: pidFile,
        auth_type: "trust",
        auth_query: "select rolname, '' from pg_authid where rolname = $1",
        auth_user: user,
        ...settings,
      }).map(([name, value]) => `${name} = ${value}`),
      "",
    ].join("\n"),
  );
  const account = unprivilegedAccount();
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const child = await startServer([PROGRAM, configurationFile], folder, () =>
    existsSync(join(folder, `.s.PGSQL.${String(PORT)}`)),
  );
  return {
    configurationFile,
    url: (asUser) =>
      `postgresql://${asUser}@${encodeURIComponent(folder)}:${String(PORT)}/${database}`,
    reload() {
      process.kill(Number(readFileSync(pidFile, "utf8")), "SIGHUP");
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
