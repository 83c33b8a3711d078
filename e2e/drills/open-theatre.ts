import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLocalhostTls, findPostgres, startPostgres } from "@databox-cmk/testkit";

import { createDatabase } from "../harness/create-database.ts";
import { openWorld } from "../harness/open-world.ts";
import { mountTinyDisk, type TinyDisk } from "../harness/tiny-disk.ts";
import { openStage, type OpenStage } from "./open-stage.ts";
import { openPooled } from "./pooled.ts";

/** The place of a broker's state during a drill; drills of the same kind share a world. */
export type TheatreKind = "sqlite" | "postgres" | "pooled" | "small-disk";
export type Theatre = AsyncDisposable & { readonly stage: OpenStage };

/** `broker doctor` wants 64 MiB free. */
const SMALL_DISK_KIB = 128 * 1024;
const DATABASE = "broker";

export async function openTheatre(kind: TheatreKind): Promise<Theatre> {
  await using opened = new AsyncDisposableStack();
  let disk: TinyDisk | undefined;
  const secured = kind === "postgres" ? opened.use(await openSecured()) : undefined;
  const primary = kind === "pooled" ? opened.use(await startPostgres()) : undefined;
  const trusting = primary === undefined ? undefined : await createDatabase(primary, DATABASE);
  const world = opened.use(
    await openWorld((folder) => {
      if (kind === "small-disk") disk = mountTinyDisk(join(folder, "disk"), SMALL_DISK_KIB);
      return {
        brokerEnvironment: {
          BROKER_KEYS_DIR: join(folder, "keys"),
          ...(disk === undefined ? {} : { BROKER_DATA_DIR: join(disk.path, "data") }),
          ...(trusting === undefined ? {} : { DATABASE_URL: trusting }),
          ...secured?.settingsIn(folder),
        },
      };
    }),
  );
  const stage = await openStage(world, {
    disk,
    pooled: primary === undefined ? undefined : opened.use(await openPooled(primary, DATABASE)),
  });
  if (secured !== undefined)
    place(join(stage.desk.folder, "administrator.password"), secured.administrator);
  const resources = opened.move();
  return {
    stage,
    async [Symbol.asyncDispose]() {
      // Before the world's folder goes, which cannot while a disk is mounted in it.
      await world.stack.broker().stop();
      disk?.[Symbol.dispose]();
      await resources.disposeAsync();
    },
  };
}

type Secured = AsyncDisposable & {
  /** The password of the server's administrator. */
  readonly administrator: string;
  settingsIn(folder: string): Readonly<Record<string, string>>;
};

/**
 * A server that asks for passwords, by TLS alone; as on a managed one, the broker's user may do
 * nothing outside of its database.
 */
async function openSecured(): Promise<Secured> {
  const { authority, server: tls } = createLocalhostTls();
  const server = await startPostgres({ tls });
  const databox = randomBytes(16).toString("hex");
  const administrator = randomBytes(16).toString("hex");
  const statements = [
    `create role databox login password '${databox}'`,
    `create role administrator login createdb createrole password '${administrator}'`,
    "grant databox to administrator",
    `create database ${DATABASE} owner databox`,
  ];
  execFileSync(join(findPostgres() ?? "", "psql"), [
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    ...statements.map((each) => `--command=${each}`),
    server.url("postgres"),
  ]);
  return {
    administrator,
    settingsIn: (folder) => ({
      DATABASE_URL: `postgresql://databox@localhost:${String(server.port)}/${DATABASE}`,
      DATABASE_PASSWORD_FILE: place(join(folder, "database.password"), databox),
      DATABASE_CA_FILE: place(join(folder, "database-ca.pem"), authority.certificatePem),
    }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function place(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
