import { setTimeout } from "node:timers/promises";

import { jobPatch } from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { startCampaign } from "../../src/key-life/campaigns/start-campaign.ts";
import { patchOrder } from "../../src/orders/update-order.ts";
import type { Store } from "../../src/store/store.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { GROUP, SUBSCRIPTION } from "../world/jobs.ts";
import { createCampaignWorld } from "./campaign-world.ts";

const SECOND_KEY = {
  kekUrl: "https://kv-two.vault.test/keys/key2",
  kekVaultResourceID: fakeVaultId("kv-two"),
};
const context = {
  actor: { kind: "caller", objectId: "o", name: "owner", address: "" },
  by: "owner",
  correlationId: "c",
} as const;
let world: ReturnType<typeof createCampaignWorld>;
let store: Store;
beforeEach(async () => {
  world = createCampaignWorld();
  store = await openTestStore(":memory:");
});
afterEach(() => store.destroy());

const choose = (name: string, keyEncryptionKey: object) =>
  patchOrder(
    world.deps(store),
    { subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, name },
    jobPatch.parse({ properties: { details: { keyEncryptionKey } } }),
    undefined,
    context,
  );
const rotate = (kekUrl: string) =>
  world.start(store, { action: { kind: "rotate" }, selector: { keyUrl: kekUrl } });
const chosen = () => store.selectFrom("order_keys").select("kek_url").executeTakeFirst();
const steps = () =>
  store.selectFrom("campaign_orders").select("state").orderBy("order_id").execute();

test.each(["its newest version", "one version"])(
  "a rotation of %s leaves an order the key that its owner chooses meanwhile",
  async (followed) => {
    await world.prepare(store, "order-1");
    world.vaults.addKey(VAULT_NAME, "other");
    const kid = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    if (followed === "one version") await choose("order-1", { kekUrl: kid });
    world.vaults.rotate(VAULT_NAME, KEY_NAME);
    await rotate(CUSTOMER_KEY.kekUrl);
    const other = CUSTOMER_KEY.kekUrl.replace(KEY_NAME, "other");
    const { port } = world.vaults;
    const { getKey } = port;
    port.getKey = async (...asked) => {
      port.getKey = getKey;
      await choose("order-1", { kekUrl: other });
      return getKey(...asked);
    };
    await world.run(store);
    expect(await chosen()).toEqual({ kek_url: other });
    expect(await steps()).toEqual([{ state: "waiting" }]);
    world.clock.nowMs += 60_000;
    await world.run(store);
    expect(await chosen()).toEqual({ kek_url: other });
    expect(await steps()).toEqual([{ state: "done" }]);
  },
);

test("the broker's own rotation leaves an order the version that it names meanwhile", async () => {
  const order = await world.prepare(store, "order-1");
  const kid = world.vaults.rotate(VAULT_NAME, KEY_NAME);
  await startCampaign(world.deps(store), {
    request: {
      action: { kind: "rotate" },
      selector: { keyUrl: CUSTOMER_KEY.kekUrl, orders: [order] },
    },
    origin: "automatic",
    actor: { kind: "broker" },
    isPerson: undefined,
  });
  await choose("order-1", { kekUrl: kid });
  world.vaults.rotate(VAULT_NAME, KEY_NAME);
  expect(await world.run(store)).toBe(1);
  expect(await chosen()).toEqual({ kek_url: kid });
  expect(await steps()).toEqual([{ state: "done" }]);
});

test("a round that a step breaks ends after the steps of all its campaigns", async () => {
  await world.prepare(store, "order-1");
  await world.prepare(store, "order-2");
  await choose("order-2", SECOND_KEY);
  await rotate(CUSTOMER_KEY.kekUrl);
  await rotate(SECOND_KEY.kekUrl);
  const { port } = world.vaults;
  const { getKey } = port;
  const ended: string[] = [];
  const arrived = Promise.withResolvers<undefined>();
  const broken = Promise.withResolvers<undefined>();
  port.getKey = async (identity, key) => {
    if (key.vaultName === VAULT_NAME) {
      await arrived.promise;
      broken.resolve(undefined);
      throw new TypeError("bug");
    }
    arrived.resolve(undefined);
    await broken.promise;
    // Time for a round that would not wait.
    await setTimeout(100);
    ended.push("call");
    return getKey(identity, key);
  };
  await expect(world.run(store, 2)).rejects.toThrow("bug");
  ended.push("round");
  expect(ended.at(-1)).toBe("round");
  expect(ended).toContain("call");
  expect(await steps()).toEqual([{ state: "waiting" }, { state: "done" }]);
});
