// @module-tag one-engine

import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { forgetDeleted } from "../../src/custody/destroy-wrappings.ts";
import { openStore } from "../../src/store/open-store.ts";

test("the write-ahead log is truncated also when another process writes at that moment", async () => {
  using folder = openTemporaryFolder();
  const file = join(folder.path, "broker.sqlite");
  await using store = await openStore(file);
  const other = new Database(file);
  try {
    other.exec("begin immediate; insert into consumed_nonces values ('a', 'b', 1)");
    const commit = async (): Promise<void> => {
      await setImmediate();
      other.exec("commit");
    };
    await Promise.all([forgetDeleted(store), commit()]);
    expect(statSync(`${file}-wal`).size).toBe(0);
  } finally {
    other.close();
  }
});
