import { expect, test } from "vitest";

import { DAY_MS } from "../../src/core/day.ts";
import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import { createVaultOperations } from "../../src/observability/vault-operations.ts";
import { openTestStore } from "../store/open-test-store.ts";

const TODAY = Date.UTC(2026, 10, 25);
const SERVICE: KeyIdentity = { kind: "broker" };
const identityOf = (subscriptionId: string): KeyIdentity => ({
  kind: "order",
  order: orderIdOf({ subscriptionId, resourceGroup: "g", name: "order-1" }),
  attachment: "system",
  tenantId: "t",
  clientId: "c",
  principalId: "p",
});

test("calls are added up over replicas, by day and subscription, and a day that no chart shows is deleted", async () => {
  await using store = await openTestStore(":memory:");
  const clock = { nowMs: TODAY + 1000 };
  const [one, other] = [0, 1].map(() => createVaultOperations(store, () => clock.nowMs));
  for (const identity of [identityOf("S-1"), identityOf("s-1"), identityOf("s-2"), SERVICE])
    one?.count(identity);
  await one?.flush();
  other?.count(identityOf("s-1"));
  one?.count(identityOf("s-1"));
  await one?.flush();
  const read = async (sinceMs: number) =>
    (await other?.read(sinceMs))?.map(({ dayMs, subscriptionId, operations }) =>
      [dayMs === TODAY ? "today" : "later", subscriptionId, operations].join(" "),
    );
  const before = ["today  1", "today s-1 1", "today s-1 3", "today s-2 1"];
  expect((await read(TODAY))?.toSorted()).toEqual(before);
  await other?.flush();
  expect((await read(TODAY))?.toSorted()).toEqual(["today  1", "today s-1 4", "today s-2 1"]);
  clock.nowMs += DAY_MS;
  one?.count(SERVICE);
  await one?.flush();
  expect(await read(TODAY + DAY_MS)).toEqual(["later  1"]);
  clock.nowMs += 15 * DAY_MS;
  one?.count(SERVICE);
  await one?.flush();
  expect(await read(0)).toEqual(["later  1"]);
});

test("counts that cannot be saved are kept, shown and saved later, each once", async () => {
  const SUBSCRIPTIONS = 1_201;
  const statements: string[] = [];
  let failAt = Infinity;
  await using plain = await openTestStore(":memory:");
  const store = plain.withPlugin({
    transformQuery: ({ node }) => {
      if (node.kind === "InsertQueryNode" && statements.push(node.kind) === failAt)
        throw new Error("no database");
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  const operations = createVaultOperations(store, () => TODAY);
  const sum = async () => {
    const rows = await operations.read(TODAY);
    return rows.reduce((total, row) => total + row.operations, 0);
  };
  for (let each = 0; each < SUBSCRIPTIONS; each += 1)
    operations.count(identityOf(`s-${String(each)}`));
  failAt = 2;
  await expect(operations.flush()).rejects.toThrow("no database");
  expect(await sum()).toBe(SUBSCRIPTIONS);
  const [saved] = await plain
    .selectFrom("vault_operations")
    .select((row) => row.fn.countAll<number>().as("rows"))
    .execute();
  expect(Number(saved?.rows)).toBeGreaterThan(0);
  expect(Number(saved?.rows)).toBeLessThan(SUBSCRIPTIONS);
  await operations.flush();
  expect(await sum()).toBe(SUBSCRIPTIONS);
  expect(await operations.read(TODAY)).toHaveLength(SUBSCRIPTIONS);
  expect(statements.length).toBeLessThan(10);
});
