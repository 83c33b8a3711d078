import { setTimeout } from "node:timers/promises";

import { createOrder, enableIdentity, useCustomerKey } from "@databox-cmk/local-stack";
import { keyVersionsView, type KeyVersionsView } from "@databox-cmk/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { prepareNode, requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder } from "./harness/order-actions.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld(() => ({ brokerEnvironment: { KEY_POLL_INTERVAL_SECONDS: "1" } }));
});
afterAll(() => world[Symbol.asyncDispose]());

// Evidence: A key deleted while still needed.
// Evidence: Following a key without version.
test("a new version of a followed key is put in force automatically, and the old one may be disabled while the appliance still holds its envelope", async () => {
  const key = await world.createVault("contosorotate");
  const order = await createOrder(world.customerContext, "rotated");
  const appliance = world.createAppliance("DataBox", ["DBX-rotated"]);
  appliance.powerOn();
  const node = appliance.node("DBX-rotated");
  const [made] = await world.operator.prepare(order.id, [node.serial]);
  await prepareNode(world, node, order.id, made?.enrolmentCode ?? "", "file");
  await key.grant(await enableIdentity(world.customerContext, order));
  const followed = key.kid.slice(0, key.kid.lastIndexOf("/"));
  await useCustomerKey(world.customerContext, order, { ...key, kid: followed });
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked", kid: key.kid });
  requireOk(await node.agent(["lock"]));

  const versions = async (): Promise<KeyVersionsView> =>
    keyVersionsView.parse(JSON.parse((await callOrder(world, order, "GET", "keyVersions")).text));
  const keys = world.customer.keys(new URL(key.kid).origin);
  const { id: second = "" } = await keys.rotateKey(key.name);
  let current = await versions();
  while (current.value.at(-1)?.kid !== second) {
    await setTimeout(250);
    current = await versions();
  }
  expect(current.value.find(({ kid }) => kid === key.kid)).toMatchObject({
    safeToDisable: true,
    staleDevices: 1,
  });
  expect(current.value.at(-1)).toMatchObject({ safeToDisable: false, currentEnvelopes: 1 });

  await key.setEnabled(false);
  const unlocked = await unlockNode(node);
  expect(unlocked).toMatchObject({ outcome: "unlocked", kid: second });
  // The service's key, the customer's first version, the second: the envelope came with the
  // grant.
  expect(unlocked["generation"]).toBe(3);
  const { devices, value } = await versions();
  expect(devices).toEqual({ total: 1, acknowledged: 1 });
  expect(value.every(({ staleDevices }) => staleDevices === 0)).toBe(true);
});
