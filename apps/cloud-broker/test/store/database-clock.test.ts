import { expect, test } from "vitest";

import { readDatabaseClock } from "../../src/store/read-database-clock.ts";
import { ENGINE, openTestStore } from "./open-test-store.ts";

test("a server says its time, and a file has none of its own", async () => {
  const store = await openTestStore(":memory:");
  const beforeMs = Date.now();
  const said = await readDatabaseClock(store);
  const afterMs = Date.now();
  await store.destroy();
  // PostgreSQL of the tests runs on this machine.
  const isOfThisMachine = said !== undefined && said >= beforeMs && said <= afterMs;
  expect(isOfThisMachine).toBe(ENGINE === "postgres");
  expect(said === undefined).toBe(ENGINE === "sqlite");
});
