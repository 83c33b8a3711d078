import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { sql } from "kysely";

import { nameFault } from "../core/name-fault.ts";
import type { Failure } from "../core/ports.ts";
import { MIGRATIONS } from "./migrations.ts";
import { engineOf, type Store } from "./store.ts";

/**
 * `outdated`: a newer broker has changed the database so that this one must no longer write to it.
 */
export type StoreHealth = "ok" | "failed" | "outdated";

/** A load balancer treats a database that takes longer than this as unavailable. */
const PATIENCE_MS = 2_000;

export function readStoreHealth(store: Store): Promise<StoreHealth> {
  return within(ask(store), "failed");
}

/**
 * The reason why the database takes no write. Commits one that changes nothing: a full
 * disk, a standby and a lost file system all answer queries.
 */
export function findWriteTrouble(
  store: Store,
  freeBytesOf = freeBytesAt,
): Promise<Failure | undefined> {
  const written = write(store, freeBytesOf).then(
    (hasRoom) => (hasRoom ? undefined : unavailable("full")),
    (error: unknown) => unavailable(nameFault(error).reason),
  );
  return within<Failure | undefined>(written, unavailable());
}

const unavailable = (reason?: string): Failure => ({
  code: "ServiceUnavailable",
  reason,
  facts: { retryAfterSeconds: 60 },
});

/** @returns the answer; `otherwise` when it fails or is late */
async function within<Answer>(asked: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  const { promise: impatience, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => resolve(otherwise), PATIENCE_MS);
  try {
    return await Promise.race([asked, impatience]);
  } catch {
    return otherwise; // The return value is the report.
  } finally {
    clearTimeout(timer);
  }
}

/** A decision takes some kilobytes of it, and the write-ahead log a few megabytes between two. */
const LEAST_FREE_BYTES = 1024 * 1024;
const LEAST_FREE_PAGES = 16;

async function write(
  store: Store,
  freeBytesOf: (folder: string) => Promise<number>,
): Promise<boolean> {
  await store
    .updateTable("schema_needs")
    .set((row) => ({ migration: row.ref("migration") }))
    .execute();
  if (engineOf(store) !== "sqlite") return true;
  // So small a write fits into what SQLite has of a full disk; a decision would not.
  const { rows } = await sql<{ file: string; left: number }>`
    select file, (select max_page_count from pragma_max_page_count)
      - (select page_count from pragma_page_count)
      + (select freelist_count from pragma_freelist_count) as "left"
    from pragma_database_list where name = 'main'`.execute(store);
  const [{ file, left } = { file: "", left: 0 }] = rows;
  return left >= LEAST_FREE_PAGES && (await freeBytesOf(dirname(file))) >= LEAST_FREE_BYTES;
}

/** Reads the disk that holds the folder. */
export async function diskBytesAt(folder: string) {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}

export const freeBytesAt = async (folder: string) => (await diskBytesAt(folder)).free;

async function ask(store: Store): Promise<StoreHealth> {
  const { migration } = await store
    .selectFrom("schema_needs")
    .select("migration")
    .executeTakeFirstOrThrow();
  return migration in MIGRATIONS ? "ok" : "outdated";
}
