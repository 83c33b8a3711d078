import { sql } from "kysely";
import { expect, test } from "vitest";

import { failed } from "../../src/core/failed.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { pollKeys } from "../../src/key-life/rotation/poll-keys.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { orderRow } from "../world/order-row.ts";

const ORDER = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  resourceGroup: "demo",
  name: "job",
};
const ADDRESS = "https://kv-one.vault.test/keys/key";
const NOW_MS = 1_000_000;
/** A statement of SQLite may name 32,766 values. */
const FOLLOWERS = 33_000;

test("a key that a fleet follows has all of its orders checked when it fails", async () => {
  await using store = await openTestStore(":memory:");
  const rows = {
    orders: orderRow(ORDER, 0),
    order_keys: {
      order_id: orderIdOf(ORDER),
      kek_type: "CustomerManaged",
      kek_url: ADDRESS,
      revision: 1,
      key_address: ADDRESS,
      follows_newest: 1,
    },
    key_health: {
      order_id: orderIdOf(ORDER),
      state: "healthy",
      facts_json: "{}",
      risks_json: "[]",
      changed_at_ms: 0,
      next_check_at_ms: NOW_MS * 2,
    },
  };
  const own = new Set(["id", "order_id", "name"]);
  for (const [table, row] of Object.entries(rows))
    await sql`insert into ${sql.table(table)}
      (${sql.join(Object.keys(row).map((column) => sql.ref(column)))})
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(FOLLOWERS)})
      select ${sql.join(
        Object.entries(row).map(([column, value]) =>
          own.has(column) ? sql`${sql.lit(value)} || n` : sql.lit(value),
        ),
      )} from numbers`.execute(store);
  await store.insertInto("key_polls").values({ key_address: ADDRESS, due_at_ms: 0 }).execute();
  await pollKeys({
    store,
    custody: {
      newestVersion: () => Promise.resolve(failed({ code: "SsemUserErrorEncryptionKeyDisabled" })),
    },
    now: () => NOW_MS,
    random: () => 0,
    intervalSeconds: 60,
    rotate: () => Promise.resolve(),
  });
  const due = await store
    .selectFrom("key_health")
    .select((row) => row.fn.countAll().as("count"))
    .where("next_check_at_ms", "=", NOW_MS)
    .executeTakeFirst();
  expect(Number(due?.count)).toBe(FOLLOWERS);
});
