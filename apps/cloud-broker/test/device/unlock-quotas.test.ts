import { join } from "node:path";

import { folderFor, required } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createCustomerOf, type TenantOf, UNPROVEN } from "../../src/callers/tenants.ts";
import { orderIdOf } from "../../src/core/order.ts";
import {
  countedOf,
  QUOTA_WRITES,
  usedUpQuota,
  forgetWindows,
  createCustomerQuota,
} from "../../src/release/limits/unlock-quota.ts";
import { compileTogether } from "../../src/store/fast/compile-together.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import { engineOf, type Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { openBroker } from "../world/open-broker.ts";

const ORDER = orderIdOf({ subscriptionId: "s-1", resourceGroup: "g", name: "order-1" });
const OTHER = orderIdOf({ subscriptionId: "s-1", resourceGroup: "g", name: "order-2" });
const FOREIGN = orderIdOf({ subscriptionId: "s-2", resourceGroup: "g", name: "order-1" });
const NOON_MS = Date.UTC(2026, 10, 25, 12);
const QUOTA = { perNode: 2, perOrder: 3 };

const folder = folderFor(beforeEach);
let replicas: readonly Store[];
beforeEach(async () => {
  const path = join(folder.path, "broker.sqlite");
  const store = await openTestStore(path);
  // SQLite serves one process, by one connection.
  replicas = [store, engineOf(store) === "sqlite" ? store : await openTestStore(path)];
});
afterEach(async () => {
  for (const store of new Set(replicas)) await store.destroy();
});

const passed = (outcomes: readonly unknown[]) =>
  outcomes.filter((failure) => failure === undefined).length;

const open = (
  perMinute: number,
  clock = { nowMs: NOON_MS },
  tenantOf: TenantOf = () => Promise.resolve(undefined),
) =>
  replicas.map((store) =>
    createCustomerQuota({
      store,
      customerOf: createCustomerOf(tenantOf),
      perMinute,
      now: () => clock.nowMs,
    }),
  );

const countUnlock = compileTogether(QUOTA_WRITES);
let turn = 0;
/** One replica after another. */
const ask = async (order = ORDER, serial = "DBX-1", nowMs = NOON_MS) => {
  turn += 1;
  const store = required(replicas[turn % replicas.length]);
  const database = { store, commit: createCommit(store) };
  const counted = { order, ...countedOf(QUOTA, { order, serial }, nowMs) };
  const refusedBy = await countUnlock(database, counted);
  return refusedBy && usedUpQuota(refusedBy, QUOTA, nowMs);
};

test("a node and an order each have their unlocks a minute, over all replicas", async () => {
  expect(await ask()).toBeUndefined();
  expect(await ask()).toBeUndefined();
  expect(await ask()).toMatchObject({
    code: "RateLimited",
    detail: expect.stringContaining("node"),
  });
  expect(await ask(ORDER, "DBX-2")).toBeUndefined();
  expect(await ask(ORDER, "DBX-2")).toMatchObject({ detail: expect.stringContaining("order") });
  expect(await ask(OTHER)).toBeUndefined();
  expect(await ask(FOREIGN)).toBeUndefined();
});

test("the time to wait ends with the minute, and then the count starts again", async () => {
  await ask(ORDER, "DBX-1", NOON_MS + 1000);
  await ask(ORDER, "DBX-1", NOON_MS + 1000);
  expect(await ask(ORDER, "DBX-1", NOON_MS + 15_500)).toMatchObject({ retryAfterSeconds: 45 });
  expect(await ask(ORDER, "DBX-1", NOON_MS + 60_000)).toBeUndefined();
});

test("a replica whose clock is behind opens no second window", async () => {
  await ask(ORDER, "DBX-1", NOON_MS);
  await ask(ORDER, "DBX-1", NOON_MS);
  expect(await ask(ORDER, "DBX-1", NOON_MS - 60_000)).toMatchObject({ code: "RateLimited" });
});

// Evidence: One token redeemed twice.
test("of two hundred at once, only as many pass as one replica would let pass", async () => {
  const databases = replicas.map((store) => ({ store, commit: createCommit(store) }));
  const quota = { perNode: 0, perOrder: 7 };
  const node = { order: ORDER, serial: "DBX-1" };
  const counted = { order: ORDER, ...countedOf(quota, node, NOON_MS) };
  const outcomes = await Promise.all(
    databases.flatMap((database) =>
      Array.from({ length: 100 }, () => countUnlock(database, counted)),
    ),
  );
  expect(passed(outcomes)).toBe(7);
});

const usedOfDatabase = () =>
  replicas[0]?.selectFrom("quota_windows").select("used").execute() ?? Promise.resolve([]);

describe("a customer's unlocks a minute", () => {
  test("are never more than the quota, however many ask which replica at once", async () => {
    const quotas = open(100);
    const outcomes = await Promise.all(
      quotas.flatMap((count) => Array.from({ length: 150 }, () => count(ORDER))),
    );
    expect(passed(outcomes)).toBe(100);
    expect(outcomes.find((failure) => failure !== undefined)).toMatchObject({
      code: "RateLimited",
      retryAfterSeconds: 60,
    });
    expect(await quotas[0]?.(FOREIGN)).toBeUndefined();
  });

  test("cost the database one write for each share, and shares grow with demand", async () => {
    const [count] = open(2000);
    for (let asked = 0; asked < 75; asked += 1) expect(await count?.(ORDER)).toBeUndefined();
    expect(await usedOfDatabase()).toEqual([{ used: 5 + 10 + 20 + 40 }]);
    for (let asked = 0; asked < 200; asked += 1) expect(await count?.(ORDER)).toBeUndefined();
    expect(await usedOfDatabase()).toEqual([{ used: 75 + 80 + 100 + 100 }]);
  });

  test("outlast a replica that crashes and starts again, two hundred times in a minute", async () => {
    for (let start = 0; start < 200; start += 1) {
      const [count] = open(2000);
      expect(await count?.(ORDER)).toBeUndefined();
    }
    expect(await usedOfDatabase()).toEqual([{ used: 200 * 5 }]);
  });

  test("start again with the minute, and earlier shares are void", async () => {
    const clock = { nowMs: NOON_MS };
    const [one, other] = open(2, clock);
    expect(passed([await one?.(ORDER), await other?.(ORDER), await one?.(OTHER)])).toBe(2);
    clock.nowMs += 60_000;
    expect(passed([await one?.(ORDER), await other?.(ORDER), await one?.(OTHER)])).toBe(2);
  });

  test("are those of all subscriptions of a customer's tenant together", async () => {
    const ours = orderIdOf({ subscriptionId: "s-3", resourceGroup: "g", name: "order-1" });
    const tenants: Readonly<Record<string, string>> = { "s-1": "noisy", "s-2": "noisy" };
    const [count] = open(2, undefined, (id) => Promise.resolve(tenants[id] ?? UNPROVEN));
    expect(passed([await count?.(ORDER), await count?.(FOREIGN), await count?.(OTHER)])).toBe(2);
    expect(await count?.(ours)).toBeUndefined();
  });

  test("are not counted without a quota", async () => {
    const [count] = open(0);
    expect(await count?.(ORDER)).toBeUndefined();
    expect(await replicas[0]?.selectFrom("quota_windows").selectAll().execute()).toEqual([]);
  });
});

test("windows that have ended are forgotten", async () => {
  await ask();
  const store = required(replicas[0]);
  await forgetWindows(store, NOON_MS + 60_000);
  expect(await store.selectFrom("quota_windows").selectAll().execute()).toHaveLength(2);
  await forgetWindows(store, NOON_MS + 200_000);
  expect(await store.selectFrom("quota_windows").selectAll().execute()).toEqual([]);
});

test("a device beyond its quota gets a signed answer with the time to wait, and no vault is asked", async () => {
  await using world = await openBroker({
    settings: { RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "1" },
  });
  const device = await world.delivered("quick");
  world.clock.nowMs += 60_000;
  expect((await device.unlock("unlock")).answer.kind).toBe("answer");
  const calls = world.unwraps();
  expect((await device.unlock("unlock")).answer).toMatchObject({
    kind: "denial",
    status: 429,
    value: { code: "RateLimited", class: "unreachable", retryAfterSeconds: expect.any(Number) },
  });
  expect(world.unwraps()).toBe(calls);
  world.clock.nowMs += 60_000;
  expect((await device.unlock("unlock")).answer.kind).toBe("answer");
});
