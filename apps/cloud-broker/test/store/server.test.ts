import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { describeFault } from "../../src/observability/log.ts";
import { poolStateOf } from "../../src/store/pool-state.ts";
import { readDatabaseClock } from "../../src/store/read-database-clock.ts";
import type { Store } from "../../src/store/store.ts";
import { ENGINE, openTestStore } from "./open-test-store.ts";

let store: Store;
beforeEach(async () => {
  store = await openTestStore(":memory:");
});
afterEach(() => store.destroy());

describe.runIf(ENGINE === "sqlite")("a file", () => {
  test("has no clock and no pool of its own", async () => {
    expect(await readDatabaseClock(store)).toBeUndefined();
    expect(poolStateOf(store)).toBeUndefined();
  });
});

describe.runIf(ENGINE === "postgres")("a server", () => {
  test("says its time", async () => {
    const beforeMs = Date.now();
    const said = await readDatabaseClock(store);
    // The test's server is on this machine.
    expect(said).toBeGreaterThanOrEqual(beforeMs);
    expect(said).toBeLessThanOrEqual(Date.now());
  });

  test("has a pool whose connections are counted", async () => {
    await store.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection);
      expect(poolStateOf(store)).toMatchObject({ open: 1, idle: 0, waiting: 0 });
    });
    expect(poolStateOf(store)).toMatchObject({ open: 1, idle: 1 });
  });

  test("that ends a connection is named by its SQLSTATE, for the log", async () => {
    const fault: unknown = await sql`select pg_terminate_backend(pg_backend_pid())`
      .execute(store)
      .catch((error: unknown) => error);
    expect(describeFault(fault)).toMatchObject({ code: "ServiceUnavailable", errorCode: "57P01" });
  });
});
