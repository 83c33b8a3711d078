import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";

import { nameFault } from "../../core/name-fault.ts";
import { openStore } from "../open-store.ts";
import type { Store } from "../store.ts";
import { PATIENCE_MS } from "./sqlite-dialect.ts";

const rowOf = (name: string) => ({ name, fingerprint: name, since_ms: 1 });

const WRITES = [
  {
    what: "a single write",
    write: (store: Store) => store.insertInto("own_keys").values(rowOf("single")).execute(),
  },
  {
    what: "a transaction",
    write: (store: Store) =>
      store
        .transaction()
        .execute((transaction) =>
          transaction.insertInto("own_keys").values(rowOf("several")).execute(),
        ),
  },
] as const;

/** A store, and another program that holds its write lock. */
async function openLocked() {
  const folder = mkdtempSync(join(tmpdir(), "databox-turns-"));
  const path = join(folder, "broker.db");
  const store = await openStore(path);
  const other = new Database(path);
  other.exec("begin immediate");
  return {
    store,
    other,
    async [Symbol.asyncDispose]() {
      other.close();
      await store.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test.each(WRITES)(
  "$what waits for another process's write lock without blocking this one",
  async ({ write }) => {
    await using locked = await openLocked();
    const { store, other } = locked;
    // Runs only if this thread is free; otherwise the write fails after its patience.
    setImmediate(() => {
      other.exec("commit");
    });
    await write(store);
    const rows = await store.selectFrom("own_keys").select("since_ms").execute();
    expect(rows).toEqual([{ since_ms: 1 }]);
  },
);

test.each(WRITES)("$what that waits in vain is an outage of the storage", async ({ write }) => {
  await using locked = await openLocked();
  const { store, other } = locked;
  vi.useFakeTimers({ toFake: ["performance"] });
  setImmediate(() => {
    vi.advanceTimersByTime(PATIENCE_MS + 1);
  });
  const error = await write(store).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  vi.useRealTimers();
  expect(nameFault(error)).toMatchObject({ code: "ServiceUnavailable", reason: "locked" });
  other.exec("rollback");
  await write(store);
});
