import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const HOLDERS = 4;
/** In one of which each identity makes its own Get. */
const STEPS = 10;
let world: BrokerWorld;
let holders: readonly LeaseClient[];
beforeEach(async () => {
  world = await openBroker({
    replicas: 1,
    settings: { VAULT_OPERATIONS_PER_10_SECONDS: "10" },
  });
  const opened: LeaseClient[] = [];
  for (let index = 0; index < HOLDERS; index += 1)
    opened.push(await LeaseClient.unlock(await world.delivered(`order-${String(index)}`)));
  holders = opened;
});
afterEach(() => world[Symbol.asyncDispose]());

const spy = () => ({
  gets: vi.spyOn(world.vaults.port, "getKey"),
  unwraps: vi.spyOn(world.vaults.port, "unwrapKey"),
});
const probeAfter = async (seconds: number) => {
  world.clock.nowMs += seconds * 1000;
  return world.broker().probe();
};
const dueAgain = async () => {
  await world.store().updateTable("probes").set({ due_at_ms: 0 }).execute();
  return probeAfter(1);
};
const closed = async () => {
  const answers = await Promise.all(holders.map((holder) => holder.renew()));
  return answers.filter(({ typ }) => typ === MESSAGE_TYPES.relock).length;
};
const principals = async () => {
  const rows = await world.store().selectFrom("order_identities").select("principal_id").execute();
  return rows.map(({ principal_id: principal }) => principal);
};

test("orders with identities of their own share the Get of a key, and each unwraps itself", async () => {
  await probeAfter(30);
  const { gets, unwraps } = spy();
  let ownGets = 0;
  for (let step = 0; step < STEPS; step += 1) {
    await probeAfter(29);
    gets.mockClear();
    unwraps.mockClear();
    expect(await dueAgain()).toBe(HOLDERS);
    expect(unwraps).toHaveBeenCalledTimes(HOLDERS);
    ownGets += gets.mock.calls.length;
    expect(await closed()).toBe(0);
  }
  // Each identity in its own step, and the one that made the Get which the others share.
  expect(ownGets).toBeLessThanOrEqual(HOLDERS + STEPS);
});

test("an identity that may no longer unwrap closes its own appliance alone, within one interval", async () => {
  await probeAfter(30);
  const [one = ""] = await principals();
  world.vaults.grant(VAULT_NAME, one, ["get", "wrapKey"]);
  await dueAgain();
  expect(await closed()).toBe(1);
});

test("an identity that may no longer read the key closes its own appliance within five minutes", async () => {
  await probeAfter(30);
  const [one = ""] = await principals();
  world.vaults.grant(VAULT_NAME, one, ["wrapKey", "unwrapKey"]);
  for (let step = 0; step < STEPS && (await closed()) === 0; step += 1) await probeAfter(30);
  expect(await closed()).toBe(1);
});

test.each([
  ["is disabled", () => world.vaults.setEnabled(world.kid, false)],
  ["is deleted", () => world.vaults.deleteKey(VAULT_NAME, KEY_NAME)],
  ["expires", () => world.vaults.setExpiry(world.kid, world.clock.nowMs / 1000 + 15)],
])("a key that %s after a Get that is shared closes every appliance", async (_how, happen) => {
  await probeAfter(30);
  await dueAgain();
  happen();
  await dueAgain();
  await probeAfter(30);
  expect(await closed()).toBe(HOLDERS);
});

test("a vault that its probes fill is probed less often, and named", async () => {
  await probeAfter(30);
  await world.store().updateTable("canaries").set({ weight: 16 }).execute();
  // (4 unwraps + 4 Gets) * 16 in 30 s: at most half of 10 in ten seconds takes 256 s.
  expect(await probeAfter(31)).toBe(HOLDERS);
  expect(await probeAfter(200)).toBe(0);
  expect(await closed()).toBe(0);
  expect(await probeAfter(57)).toBe(HOLDERS);
  expect(await world.broker().metrics.registry.metrics()).toMatch(/^databox_probe_load 4[.]2/m);
  const told = world.logLines.filter((line) => line.includes("probes fill a vault"));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`https://${VAULT_NAME}.vault.test 4.27`);
});
