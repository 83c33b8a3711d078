// @module-tag one-engine

import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeAll, expect, test } from "vitest";

import type { OrderId } from "../../src/core/order.ts";
import { openStore } from "../../src/store/open-store.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { openCrashingStore } from "../custody/crashing-store.ts";
import { KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { createCampaignWorld } from "./campaign-world.ts";

/** More than a campaign of two orders has. */
const MANY = 150;
const ACTIONS = [
  ["rotates", { kind: "rotate" }],
  [
    "moves",
    {
      kind: "move",
      to: {
        kekUrl: "https://kv-two.vault.test/keys/key2",
        kekVaultResourceID: fakeVaultId("kv-two"),
      },
    },
  ],
] as const;

const world = createCampaignWorld();
const folder = folderFor(beforeAll);
let base: string;
const orders: OrderId[] = [];
const passkeys = new Map<OrderId, readonly string[]>();
beforeAll(async () => {
  base = join(folder.path, "base.sqlite");
  const store = await openStore(base);
  for (const name of ["order-1", "order-2"]) {
    const order = await world.prepare(store, name);
    orders.push(order);
    passkeys.set(order, await world.unlock(store, order));
  }
  await store.destroy();
  world.vaults.rotate(VAULT_NAME, KEY_NAME);
});

test.each(ACTIONS)(
  // Evidence: Campaigns.
  "a broker killed between any two statements of a campaign that %s leaves orders that unlock, and the campaign comes to its end",
  async (name, action) => {
    const started = join(folder.path, `${name}.sqlite`);
    copyFileSync(base, started);
    const opened = await openStore(started);
    const campaign = await world.start(opened, { action, selector: { orders: [...orders] } });
    await opened.destroy();

    let points = 0;
    for (const when of ["before", "after"] as const)
      for (let statement = 1; statement < MANY; statement += 1) {
        const path = join(folder.path, `${name}-${when}-${String(statement)}.sqlite`);
        copyFileSync(started, path);
        const crashing = openCrashingStore(path, { statement, when });
        await world.run(crashing.store).catch(() => undefined);
        crashing.close();
        if (!crashing.crashed()) break;
        points += 1;

        const store = await openStore(path);
        for (const order of orders)
          expect(await world.unlock(store, order)).toEqual(passkeys.get(order));
        // The claim of the dead one ends by itself; what it did not finish is done by the next.
        world.clock.nowMs += 31_000;
        await world.run(store);
        for (const order of orders)
          expect(await world.unlock(store, order)).toEqual(passkeys.get(order));
        const rows = await store
          .selectFrom("campaign_orders")
          .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
          .select(["campaigns.state as campaign", "campaign_orders.state as step"])
          .where("campaigns.id", "=", campaign)
          .execute();
        expect(rows).toEqual(orders.map(() => ({ campaign: "done", step: "done" })));
        await store.destroy();
        rmSync(path);
      }
    // Each order has dozens of statements in its change, and each was the last of a broker once.
    expect(points).toBeGreaterThan(60);
  },
);
