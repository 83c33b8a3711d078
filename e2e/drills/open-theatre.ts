import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { findPostgres, startPostgres } from "@databox-cmk/testkit";

import { openWorld } from "../harness/open-world.ts";
import { mountTinyDisk, type TinyDisk } from "../harness/tiny-disk.ts";
import { openStage, type OpenStage } from "./open-stage.ts";

/** What a broker keeps its state in while a drill plays; drills of the same kind share a world. */
export type TheatreKind = "sqlite" | "postgres" | "small-disk";
export type Theatre = AsyncDisposable & { readonly stage: OpenStage };

/** `broker doctor` wants 64 MiB free. */
const SMALL_DISK_KIB = 128 * 1024;
const DATABASE = "broker";

export async function openTheatre(kind: TheatreKind): Promise<Theatre> {
  await using opened = new AsyncDisposableStack();
  let disk: TinyDisk | undefined;
  const postgres = kind === "postgres" ? opened.use(await startPostgres()) : undefined;
  if (postgres !== undefined) await createDatabase(postgres.url("postgres"));
  const world = opened.use(
    await openWorld((folder) => {
      if (kind === "small-disk") disk = mountTinyDisk(join(folder, "disk"), SMALL_DISK_KIB);
      return {
        brokerEnvironment: {
          BROKER_KEYS_DIR: join(folder, "keys"),
          ...(disk === undefined ? {} : { BROKER_DATA_DIR: join(disk.path, "data") }),
          ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url(DATABASE) }),
        },
      };
    }),
  );
  const stage = await openStage(world, {
    disk,
    variables:
      postgres === undefined ? {} : { DATABASE_SERVER: postgres.url("").replace(/\/$/, "") },
  });
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

async function createDatabase(maintenance: string): Promise<void> {
  const program = join(findPostgres() ?? "", "createdb");
  const [code] = await once(
    spawn(program, [`--maintenance-db=${maintenance}`, DATABASE], { stdio: "inherit" }),
    "close",
  );
  if (code !== 0) throw new Error(`createdb ended with ${String(code)}`);
}
