import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { freePort } from "./free-port.ts";
import { makeOwnedFolder } from "./owned-folder.ts";
import { shortLifeFolder } from "./short-life-folder.ts";

export type PostgresServer = AsyncDisposable & {
  /** Folder of its Unix socket; every user who may enter it is accepted. */
  readonly socketFolder: string;
  readonly port: number;
  readonly user: string;
  /** `postgresql://` address of a database over the Unix socket. */
  url(database: string): string;
  /** Ends the server and keeps its data. */
  stop(): Promise<void>;
  /** Ends every connection and starts again with the same data, as after a crash of the server. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type PostgresOptions = {
  /** Whether a commit survives a power cut; tests that only kill processes do not need that. */
  readonly fsync?: boolean;
  /** PEM; the server then also listens on 127.0.0.1, with TLS, and asks for passwords there. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string };
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Another server: this one begins as its copy, and follows it by the name `standby`
   * (application_name) until it is promoted.
   */
  readonly standbyOf?: PostgresServer;
};

const DEBIAN_FOLDER = "/usr/lib/postgresql";
const USER = "broker";
/** Stops a server that hangs; far above what a busy machine takes. */
const STARTED_WITHIN_MS = 300_000;
const POLL_MS = 20;
/** Over TLS only; the Unix socket is for this process. */
const WITH_PASSWORDS = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
/**
 * From this version on a database can sort by ICU, which shows the difference between bytewise and
 * linguistic order.
 */
const ICU_SINCE = 15;

/** The folder of a PostgreSQL server's programs; undefined when none is installed. */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const inPath = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return [
    ...versions
      .toSorted((one, other) => Number(other) - Number(one))
      .map((version) => join(DEBIAN_FOLDER, version, "bin")),
    ...(inPath.status === 0 ? [inPath.stdout.trim()] : []),
  ].find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/**
 * A real server with empty data in a temporary folder. It sorts by a language, as many servers do,
 * so code that needs bytewise order must request it. It ends with this process in any case.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = findPostgres();
  if (programs === undefined)
    throw new Error("no PostgreSQL server is installed: apt-get install postgresql");
  const parent = options.fsync === true ? tmpdir() : shortLifeFolder();
  const folder = makeOwnedFolder(parent, "postgres");
  const account = unprivilegedAccount();
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  if (options.standbyOf === undefined) initialise(programs, data, account);
  else copy(programs, data, options.standbyOf, account);
  if (options.tls !== undefined) {
    writeOwned(join(data, "server.crt"), options.tls.certificate, account);
    writeOwned(join(data, "server.key"), options.tls.privateKey, account);
    writeOwned(join(data, "pg_hba.conf"), WITH_PASSWORDS, account);
  }
  const port = options.tls === undefined ? 5432 : await freePort();
  const settings = Object.entries({
    listen_addresses: options.tls === undefined ? "" : "127.0.0.1",
    ssl: options.tls === undefined ? "off" : "on",
    port: String(port),
    unix_socket_directories: folder,
    fsync: options.fsync === true ? "on" : "off",
    full_page_writes: options.fsync === true ? "on" : "off",
    max_connections: "300",
    ...options.settings,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

  const start = () =>
    startServer([join(programs, "postgres"), "-D", data, ...settings], folder, () => {
      const place = ["-h", folder, "-p", String(port)];
      return spawnSync(join(programs, "pg_isready"), ["-q", ...place]).status === 0;
    });
  let running = await start();
  const stop = async () => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, "exit");
    running.stdin.end();
    await ended;
  };
  const close = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    socketFolder: folder,
    port,
    user: USER,
    url: (database) =>
      `postgresql://${USER}@${encodeURIComponent(folder)}:${String(port)}/${database}`,
    stop,
    async restart() {
      await stop();
      running = await start();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

export type Account = { readonly uid: number; readonly gid: number };

/**
 * A server that works in its own folder, once it is ready. Its shell ends it when standard input
 * ends, which also happens when this process is killed.
 */
export async function startServer(
  command: readonly [string, ...string[]],
  folder: string,
  isReady: () => boolean,
) {
  const child = spawn(
    "/bin/sh",
    ["-c", '"$@" & cat >/dev/null; kill -QUIT $!; wait', "sh", ...command],
    { ...unprivilegedAccount(), stdio: ["pipe", "ignore", "pipe"], cwd: folder },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  for (const endMs = Date.now() + STARTED_WITHIN_MS; !isReady(); await setTimeout(POLL_MS))
    if (child.exitCode !== null || Date.now() > endMs)
      throw new Error(`${command[0]} did not start: ${said}`);
  return child;
}

/**
 * PostgreSQL refuses to run as root.
 *
 * @returns undefined when this process is not root: then it runs as itself
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const found = accounts.find(([account]) => account === name);
    if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no account postgres or nobody");
}

function initialise(programs: string, data: string, account: Account | undefined): void {
  const version = spawnSync(join(programs, "postgres"), ["--version"], { encoding: "utf8" }).stdout;
  const major = Number(/ (\d+)/.exec(version)?.[1]);
  const sorting = major >= ICU_SINCE ? ["--locale-provider=icu", "--icu-locale=en-US"] : [];
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync", ...sorting],
    { ...account, encoding: "utf8", cwd: "/" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
}

function copy(
  programs: string,
  data: string,
  { socketFolder, port, user }: PostgresServer,
  account: Account | undefined,
): void {
  const source = `host=${socketFolder} port=${String(port)} user=${user} application_name=standby`;
  const made = spawnSync(
    join(programs, "pg_basebackup"),
    ["-D", data, "-d", source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
    { ...account, encoding: "utf8", cwd: "/" },
  );
  if (made.status !== 0) throw new Error(`pg_basebackup failed: ${made.stderr}`);
}

function writeOwned(path: string, text: string, account: Account | undefined): void {
  writeFileSync(path, text, { mode: 0o600 });
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
