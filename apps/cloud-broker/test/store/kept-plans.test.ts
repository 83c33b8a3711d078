// @module-tag one-engine

import { startPostgres } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { orderIdOf } from "../../src/core/order.ts";
import { readDetailedPage, readOrderPage } from "../../src/orders/read-order.ts";
import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import { orderRow } from "../world/order-row.ts";
import { settingsOf } from "./test-databases.ts";

const ORDERS = 40_000;
const NAME = {
  subscriptionId: "1b2c3d4e-5555-4666-8777-888899990000",
  resourceGroup: "rg",
  name: "order",
};

test("PostgreSQL keeps the plans of a page, with ever so many orders", async () => {
  await using server = await startPostgres();
  await using store = await openPostgres({
    ...settingsOf(server.url("postgres"), "postgres"),
    // Plans are those of a connection.
    poolSize: 1,
    statementTimeoutSeconds: 600,
    connectTimeoutMs: 600_000,
  });
  await store.insertInto("orders").values(orderRow(NAME, 0)).execute();
  await sql`
    insert into orders
      select (jsonb_populate_record(orders, jsonb_build_object('id', id || '-' || n))).*
        from orders, generate_series(1, ${ORDERS}::integer) as n`.execute(store);
  await sql`
    insert into order_identities
        (order_id, kind, resource_id, tenant_id, client_id, principal_id, epoch)
      select id, 'system', '', '', id, id, 0 from orders`.execute(store);
  await sql`analyze`.execute(store);
  const after = orderIdOf({ ...NAME, name: "order-5" });
  for (let page = 0; page < 8; page += 1) {
    expect(await readOrderPage(store, NAME, after, 3)).toHaveLength(3);
    expect(await readDetailedPage(store, NAME, after, 3)).toHaveLength(3);
  }
  const { rows } = await sql`
    select generic_plans > 0 as kept from pg_prepared_statements
      where statement ~ '^select .* order by "'`.execute(store);
  // Two kinds of a page, and identities.
  expect(rows).toEqual([{ kept: 1 }, { kept: 1 }, { kept: 1 }]);
});
