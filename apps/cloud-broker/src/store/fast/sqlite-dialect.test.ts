import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { openStore } from "../open-store.ts";
import type { Store } from "../store.ts";

const rowOf = (name: string) => ({ name, fingerprint: name, since_ms: 1 });

test.each([
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
])("$what waits for another process's write lock without blocking this one", async ({ write }) => {
  const folder = mkdtempSync(join(tmpdir(), "databox-turns-"));
  const path = join(folder, "broker.db");
  const store = await openStore(path);
  const other = new Database(path);
  try {
    other.exec("begin immediate");
    // Runs only if this thread is free; otherwise the write fails after its patience.
    setImmediate(() => {
      other.exec("commit");
    });
    await write(store);
    const rows = await store.selectFrom("own_keys").select("since_ms").execute();
    expect(rows).toEqual([{ since_ms: 1 }]);
  } finally {
    other.close();
    await store.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
});
