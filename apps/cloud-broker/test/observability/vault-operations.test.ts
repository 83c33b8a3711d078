import { expect, test } from "vitest";

import { DAY_MS } from "../../src/core/day.ts";
import { orderIdOf } from "../../src/core/order.ts";
import type { KeyIdentity } from "../../src/core/order.ts";
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
