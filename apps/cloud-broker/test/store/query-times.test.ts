import { sql } from "kysely";
import { expect, test } from "vitest";

import { openTestStore } from "./open-test-store.ts";

test("each statement is timed, one that fails too", async () => {
  await using store = await openTestStore(":memory:");
  const times: number[] = [];
  store.queryTimes?.tellTo((elapsedMs) => {
    times.push(elapsedMs);
  });
  await store.selectFrom("orders").select("id").execute();
  expect(times).toHaveLength(1);
  await sql`delete from own_keys where name = 'x'`.execute(store);
  expect(times).toHaveLength(2);
  const twice = { name: "x", fingerprint: "x", since_ms: 0 };
  await expect(store.insertInto("own_keys").values([twice, twice]).execute()).rejects.toThrow(
    /unique/i,
  );
  expect(times).toHaveLength(3);
  expect(times.every((elapsedMs) => elapsedMs >= 0)).toBe(true);
});
