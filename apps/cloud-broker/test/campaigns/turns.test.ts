// @module-tag one-engine

import { fakeVaultId } from "@databox-cmk/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { OrderId } from "../../src/core/order.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { createCampaignWorld } from "./campaign-world.ts";

const TO_SECOND_VAULT = {
  kind: "move",
  to: {
    kekUrl: "https://kv-two.vault.test/keys/key2",
    kekVaultResourceID: fakeVaultId("kv-two"),
  },
} as const;
const ROTATE = { kind: "rotate" } as const;

let world: ReturnType<typeof createCampaignWorld>;
let store: Store;
beforeEach(async () => {
  world = createCampaignWorld();
  store = await openStore(":memory:");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.destroy();
});

const prepare = async (names: readonly string[]): Promise<OrderId[]> => {
  const orders = [];
  for (const name of names) orders.push(await world.prepare(store, name));
  world.vaults.rotate(VAULT_NAME, KEY_NAME);
  return orders;
};
const stateOf = async (campaign: string): Promise<string | undefined> => {
  const row = await store
    .selectFrom("campaigns")
    .select("state")
    .where("id", "=", campaign)
    .executeTakeFirst();
  return row?.state;
};
const pass = async (ms: number): Promise<void> => {
  world.clock.nowMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
};
/** Calls `before` before each unwrapping. */
function watchUnwrap(before: () => Promise<void> | void): Disposable {
  const { port } = world.vaults;
  const unwrap = port.unwrapKey;
  port.unwrapKey = async (...parameters) => {
    await before();
    return unwrap(...parameters);
  };
  return {
    [Symbol.dispose]() {
      port.unwrapKey = unwrap;
    },
  };
}
/** The first unwrapping begins, and goes on when `held` is resolved. */
function holdFirstUnwrap() {
  const began = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  let isFirst = true;
  const watch = watchUnwrap(async () => {
    if (!isFirst) return;
    isFirst = false;
    began.resolve(undefined);
    await held.promise;
  });
  return {
    began: began.promise,
    release: () => {
      held.resolve(undefined);
    },
    [Symbol.dispose]() {
      held.resolve(undefined);
      watch[Symbol.dispose]();
    },
  };
}

test("a small campaign does not wait until a large one in the same vault is done", async () => {
  const orders = await prepare(["a-1", "a-2", "a-3", "a-4", "b-1"]);
  const large = await world.start(store, {
    action: ROTATE,
    selector: { orders: orders.slice(0, 4) },
  });
  const small = await world.start(store, { action: ROTATE, selector: { orders: orders.slice(4) } });
  const largeAfterSmall: (string | undefined)[] = [];
  using _ = watchUnwrap(async () => {
    for (let part = 0; part < 4; part += 1) await pass(5_000);
    if ((await stateOf(small)) === "done") largeAfterSmall.push(await stateOf(large));
  });
  expect(await world.run(store)).toEqual({ steps: 5, failures: [] });
  expect([await stateOf(large), await stateOf(small)]).toEqual(["done", "done"]);
  expect(largeAfterSmall).toContain("running");
});

test("a step that breaks stops neither other vaults nor, later, its own", async () => {
  const orders = await prepare(["order-1", "order-2", "order-3"]);
  const here = await world.start(store, {
    action: ROTATE,
    selector: { orders: orders.slice(0, 2) },
  });
  const there = await world.start(store, {
    action: TO_SECOND_VAULT,
    selector: { orders: orders.slice(2) },
  });
  const vaults = await store
    .selectFrom("campaign_orders")
    .select(["campaign_id", "vault"])
    .groupBy(["campaign_id", "vault"])
    .execute();
  expect(new Map(vaults.map((row) => [row.campaign_id, row.vault]))).toEqual(
    new Map([
      [here, `${VAULT_NAME}.vault.test`],
      [there, "kv-two.vault.test"],
    ]),
  );
  {
    let calls = 0;
    using _ = watchUnwrap(() => {
      calls += 1;
      if (calls === 1) throw new Error("a bug");
    });
    expect(await world.run(store)).toMatchObject({ failures: [{ message: "a bug" }] });
  }
  expect(new Set([await stateOf(here), await stateOf(there)])).toEqual(
    new Set(["done", "running"]),
  );
  // Its vault rests until the next look, and the step that broke longer than the others.
  await pass(5_001);
  expect(await world.run(store)).toMatchObject({ failures: [] });
  const waiting = await store
    .selectFrom("campaign_orders")
    .select("attempts")
    .where("state", "=", "waiting")
    .execute();
  expect(waiting).toEqual([{ attempts: 0 }]);
  await pass(30_000);
  expect(await world.run(store)).toEqual({ steps: 1, failures: [] });
  expect([await stateOf(here), await stateOf(there)]).toEqual(["done", "done"]);
});

test("a vault keeps its owner while a step takes longer than a claim", async () => {
  const orders = await prepare(["order-1"]);
  const campaign = await world.start(store, { action: ROTATE, selector: { orders } });
  using hold = holdFirstUnwrap();
  const first = world.run(store);
  await Promise.race([hold.began, first]);
  for (let part = 0; part < 5; part += 1) await pass(10_000);
  expect(await world.run(store)).toEqual({ steps: 0, failures: [] });
  hold.release();
  expect(await first).toEqual({ steps: 1, failures: [] });
  expect(await stateOf(campaign)).toBe("done");
  expect(await store.selectFrom("claims").select("name").execute()).toEqual([]);
});

test("a replica begins no step after its claim has ended, and leaves the vault to the next one", async () => {
  const orders = await prepare(["order-1", "order-2"]);
  const campaign = await world.start(store, { action: ROTATE, selector: { orders } });
  {
    using hold = holdFirstUnwrap();
    const first = world.run(store);
    await Promise.race([hold.began, first]);
    // It was paused, and no timer ran meanwhile.
    world.clock.nowMs += 31_000;
    await store
      .updateTable("claims")
      .set({ owner: "another", until_ms: world.clock.nowMs + 30_000 })
      .execute();
    hold.release();
    expect(await first).toEqual({ steps: 1, failures: [] });
  }
  expect(await stateOf(campaign)).toBe("running");
  await pass(31_000);
  expect(await world.run(store)).toEqual({ steps: 1, failures: [] });
  expect(await stateOf(campaign)).toBe("done");
});

test("a campaign that starts while another one runs does not wait for it", async () => {
  const orders = await prepare(["order-1", "order-2"]);
  const here = await world.start(store, {
    action: ROTATE,
    selector: { orders: orders.slice(0, 1) },
  });
  using hold = holdFirstUnwrap();
  const first = world.run(store);
  await Promise.race([hold.began, first]);
  const there = await world.start(store, {
    action: TO_SECOND_VAULT,
    selector: { orders: orders.slice(1) },
  });
  await pass(5_000);
  await expect.poll(() => stateOf(there), { timeout: 10_000 }).toBe("done");
  expect(await stateOf(here)).toBe("running");
  hold.release();
  expect(await first).toEqual({ steps: 2, failures: [] });
});

test("vaults of other replicas cost no statement each", async () => {
  const orders = await prepare(["order-1"]);
  const campaign = await world.start(store, { action: ROTATE, selector: { orders } });
  const names = Array.from({ length: 40 }, (_, index) => `vault-${String(index)}`);
  const row = { state: "waiting", attempts: 0, due_at_ms: 0 } as const;
  await store
    .insertInto("campaign_orders")
    .values(
      names.map((vault) => ({ ...row, campaign_id: campaign, order_id: vault as OrderId, vault })),
    )
    .execute();
  await store
    .insertInto("claims")
    .values(
      [`${VAULT_NAME}.vault.test`, ...names].map((name) => ({
        name: `campaigns ${name}`,
        owner: "another",
        until_ms: world.clock.nowMs + 30_000,
      })),
    )
    .execute();
  let statements = 0;
  const counting = store.withPlugin({
    transformQuery({ node }) {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  expect(await world.run(counting)).toEqual({ steps: 0, failures: [] });
  // The campaigns, the vaults of this one, and whether it is done.
  expect(statements).toBe(3);
});
