import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, LeaseClient, codeOf, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { forgetExpired } from "../../src/release/message/stored-answers.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

/** Longer than a nonce, a stored answer or an ownership lives. */
const PAUSE_MS = 130_000;
let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 3 });
});
beforeEach(() => {
  world.aroundUnwrap = undefined;
});
afterAll(() => world[Symbol.asyncDispose]());

const replica = (index: number) => required(world.replicas()[index]);

/**
 * The next unwrapping waits at the vault until it is let go on: its replica is as good as paused
 * there.
 */
function holdNextUnwrap() {
  const arrived = Promise.withResolvers<undefined>();
  const resume = Promise.withResolvers<undefined>();
  world.aroundUnwrap = async (unwrap) => {
    world.aroundUnwrap = undefined;
    arrived.resolve(undefined);
    await resume.promise;
    return unwrap();
  };
  return {
    arrived: arrived.promise,
    resume: () => {
      resume.resolve(undefined);
    },
  };
}

async function pass(): Promise<void> {
  world.clock.nowMs += PAUSE_MS;
  for (const { store } of world.replicas()) await forgetExpired(store, world.clock.nowMs);
}

async function grantsOf({ order }: DeviceClient): Promise<readonly string[]> {
  expect(await world.verifyAudit(order)).toMatchObject({ ok: true });
  const granted = (await world.audit(order)).filter(
    ({ action, outcome }) => action === "unlock" && outcome === "granted",
  );
  const grants = await world
    .store()
    .selectFrom("grants")
    .select("grant_hash")
    .where("order_id", "=", foldOrderId(order))
    .execute();
  expect(granted).toHaveLength(grants.length);
  return granted.map(({ requestHash }) => String(requestHash));
}

test("a replica that is paused until its nonce has expired gives no second grant for it", async () => {
  const device = await world.delivered("paused-nonce");
  const before = (await grantsOf(device)).length;
  const prepared = await device.prepareUnlock("unlock");
  const other = await device.prepareUnlock("unlock", {}, prepared.request.nonce);
  const held = holdNextUnwrap();
  device.use(replica(0).transport);
  const paused = device.sendUnlock(prepared);
  await held.arrived;
  device.use(replica(1).transport);
  expect(codeOf(await device.sendUnlock(prepared))).toBe("BrokerBusy");
  expect(codeOf(await device.sendUnlock(other))).toBe("ReplayDetected");
  await pass();
  device.use(replica(2).transport);
  expect(codeOf(await device.sendUnlock(prepared))).toBe("NonceExpired");
  expect(codeOf(await device.sendUnlock(other))).toBe("NonceExpired");
  held.resume();
  // One answer per message: it was already told that it came too late.
  expect(codeOf(await paused)).toBe("NonceExpired");
  expect(await grantsOf(device)).toHaveLength(before);
});

test("a replica that was paused does not take the lease from a node that has unlocked meanwhile", async () => {
  const device = await world.delivered("paused-lease");
  const before = (await grantsOf(device)).length;
  const prepared = await device.prepareUnlock("unlock");
  const held = holdNextUnwrap();
  device.use(replica(0).transport);
  const paused = device.sendUnlock(prepared);
  await held.arrived;
  device.use(replica(1).transport);
  const lease = await LeaseClient.unlock(device);
  await pass();
  held.resume();
  expect(codeOf(await paused)).toBe("CounterRollback");
  expect(await grantsOf(device)).toHaveLength(before + 1);
  device.use(replica(2).transport);
  expect((await lease.renew()).typ).toBe(MESSAGE_TYPES.lease);
});
