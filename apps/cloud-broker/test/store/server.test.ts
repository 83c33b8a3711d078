import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { describeFault } from "../../src/observability/log.ts";
import { readDatabaseClock } from "../../src/store/read-database-clock.ts";
import type { Store } from "../../src/store/store.ts";
import { ENGINE, openTestStore } from "./open-test-store.ts";

let store: Store;
beforeEach(async () => {
  store = await openTestStore(":memory:");
});
afterEach(() => store.destroy());

/** A file of SQLite has neither a clock nor a pool; a server of PostgreSQL has both. */
const EXPECTED = {
  sqlite: { clock: () => undefined, used: undefined, idle: undefined, fault: {} },
  postgres: {
    // The test's server is on this machine.
    clock: (beforeMs: number): unknown =>
      expect.toSatisfy((atMs: number) => atMs >= beforeMs && atMs <= Date.now()),
    used: { open: 1, idle: 0, waiting: 0 },
    idle: { open: 1, idle: 1, waiting: 0 },
    fault: { code: "ServiceUnavailable", errorCode: "57P01" },
  },
}[ENGINE];

describe("a database", () => {
  test("says its time, if it is a server", async () => {
    const beforeMs = Date.now();
    expect(await readDatabaseClock(store)).toEqual(EXPECTED.clock(beforeMs));
  });

  test("has a pool whose connections are counted, if it is a server", async () => {
    await store.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection);
      expect(store.readPool?.()).toEqual(EXPECTED.used);
    });
    expect(store.readPool?.()).toEqual(EXPECTED.idle);
  });

  test("that ends a connection is named by its SQLSTATE, for the log", async () => {
    const fault: unknown = await sql`select pg_terminate_backend(pg_backend_pid())`
      .execute(store)
      .catch((error: unknown) => error);
    expect(describeFault(fault)).toMatchObject(EXPECTED.fault);
  });
});
