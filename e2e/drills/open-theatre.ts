import { join } from "node:path";

import { startPostgres } from "@databox-cmk/testkit";

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
  const postgres =
    kind === "postgres" || kind === "pooled" ? opened.use(await startPostgres()) : undefined;
  const database = postgres === undefined ? undefined : await createDatabase(postgres, DATABASE);
  const world = opened.use(
    await openWorld((folder) => {
      if (kind === "small-disk") disk = mountTinyDisk(join(folder, "disk"), SMALL_DISK_KIB);
      return {
        brokerEnvironment: {
          BROKER_KEYS_DIR: join(folder, "keys"),
          ...(disk === undefined ? {} : { BROKER_DATA_DIR: join(disk.path, "data") }),
          ...(database === undefined ? {} : { DATABASE_URL: database }),
        },
      };
    }),
  );
  const stage = await openStage(world, {
    disk,
    pooled:
      postgres === undefined || kind !== "pooled"
        ? undefined
        : opened.use(await openPooled(postgres, DATABASE)),
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
