import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { readDetailedPage } from "../../src/orders/read-order.ts";
import { revoke } from "../../src/release/kill-switches/revocations.ts";
import { readSummaryPage } from "../../src/release/verdict/read-summaries.ts";
import type { Store } from "../../src/store/store.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";

const POLICY = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 0 });
const ORDERS = 3_000;
const PAGE = 20;
const SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001";
const orderOf = (position: number) =>
  foldOrderId(
    `${SUBSCRIPTION}/resourcegroups/a/providers/microsoft.databox/jobs/job-${String(position)}`,
  );
/** Four digits each, so that their order is that of their numbers. */
const FIRST = 1_000;
const LATE = FIRST + ORDERS - 2 * PAGE;

const READING = {
  settings: { defaultPolicy: POLICY, offlineUnlocksPerDay: 5 },
  now: () => 0,
  stillApproves: () => Promise.resolve({ ok: true, value: true } as const),
  findTrouble: () => Promise.resolve(undefined),
};

let store: Store;
beforeAll(async () => {
  store = await openTestStore(":memory:");
  const numbers = `with recursive numbers(n) as
    (select ${String(FIRST)} union all select n + 1 from numbers where n + 1 < ${String(FIRST + ORDERS)})`;
  const id = `'${orderOf(0).slice(0, -1)}' || n`;
  for (const rows of [
    `insert into orders (id, subscription_id, resource_group, name, location, sku, transfer_type,
        tags_json, details_json, state_json, stage, stage_status, identity_epoch, revision,
        created_at_ms, created_by, updated_at_ms, updated_by)
      ${numbers} select ${id}, '${SUBSCRIPTION.slice(15)}', 'a', 'job-' || n, 'westus', 'DataBox', 'ImportToAzure',
        '{}', '{}', '{}', 'Delivered', 'Succeeded', 0, 1, 0, '-', 0, '-' from numbers`,
    `insert into order_keys (order_id, kek_type, revision, follows_newest)
      ${numbers} select ${id}, 'MicrosoftManaged', 1, 0 from numbers`,
    `insert into key_health (order_id, state, facts_json, risks_json, changed_at_ms, next_check_at_ms)
      ${numbers} select ${id}, 'healthy', '{}', '[]', 0, 0 from numbers`,
    "analyze",
  ])
    await sql.raw(rows).execute(store);
});
afterAll(() => store.destroy());

test.each([
  ["orders", (at: Store) => readDetailedPage(at, "all", orderOf(LATE), PAGE)],
  [
    "summaries",
    async (at: Store) => {
      const page = { after: orderOf(LATE), limit: PAGE };
      return (await readSummaryPage({ store: at, ...READING }, "all", {}, page)).orders;
    },
  ],
])("a late page of %s reads no rows of the pages before it", async (_name, readPage) => {
  await store.transaction().execute(async (transaction) => {
    const before = await rowsRead(transaction);
    expect(await readPage(transaction)).toHaveLength(PAGE);
    expect((await rowsRead(transaction)) - before).toBeLessThan(10 * PAGE);
  });
});

test("a blocked order is found behind all others, and among many other switches", async () => {
  const last = orderOf(FIRST + ORDERS - 1);
  const findBlocked = async () => {
    const page = { after: undefined, limit: PAGE };
    const { orders } = await readSummaryPage(
      { store, ...READING },
      "all",
      { unlock: "Blocked" },
      page,
    );
    return orders.map(({ row }) => row.id);
  };
  const other = "00000000-0000-4000-8000-000000000002";
  await store.transaction().execute(async (transaction) => {
    for (const scope of [
      { kind: "subscription", subscriptionId: other },
      { kind: "order", order: last },
    ] as const)
      await revoke(transaction, scope, "operator", { reason: "-", by: "-", nowMs: 0 });
  });
  expect(await findBlocked()).toEqual([last]);
  // However many switches there are, no order is judged one by one.
  await sql
    .raw(
      `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1000)
      insert into revocations (id, kind, scope, origin, reason, created_at_ms, created_by)
      select 'many-' || n, 'order', 'elsewhere-' || n, 'operator', '-', 0, '-' from numbers`,
    )
    .execute(store);
  let pages = 0;
  const findTrouble = () => {
    pages += 1;
    return Promise.resolve(undefined);
  };
  const page = { after: undefined, limit: PAGE };
  const filter = { unlock: "Blocked" } as const;
  const { orders } = await readSummaryPage({ store, ...READING, findTrouble }, "all", filter, page);
  expect([orders.length, pages]).toEqual([1, 1]);
  await store.updateTable("orders").set({ stage: "Completed" }).where("id", "<", last).execute();
  await store.transaction().execute(async (transaction) => {
    const said = { reason: "-", by: "-", nowMs: 0 };
    await revoke(transaction, { kind: "fleet" }, "operator", said);
  });
  expect(await findBlocked()).toEqual([last]);
});

/** On this connection, of all tables. SQLite does not count; it looks up each row of a join. */
async function rowsRead(transaction: Store): Promise<number> {
  if (ENGINE === "sqlite") return 0;
  const { rows } = await sql<{ rows_read: number }>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as rows_read
    from pg_stat_xact_user_tables`.execute(transaction);
  return rows[0]?.rows_read ?? Number.NaN;
}
