import type { DeviceEmulator, EmulatedNode } from "@databox-cmk/device-emulator";
import { createOrder } from "@databox-cmk/local-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

import { prepareNode, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { runBrokerCommand } from "./harness/run-broker-command.ts";
import { runDaemon } from "./harness/run-daemon.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

async function delivered(name: string): Promise<{ appliance: DeviceEmulator; node: EmulatedNode }> {
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const [code] = await world.operator.prepare(order.id, [serial]);
  const node = appliance.node(serial);
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  return { appliance, node };
}

const rotate = (...options: readonly string[]) =>
  runBrokerCommand(world, "keys", "rotate", "signing", ...options);

test("the key that signs for devices is rotated twice, and no appliance is locked out", async () => {
  const served = await delivered("served");
  const alone = await delivered("alone");

  expect(await rotate()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 former") as string,
  });
  await world.stack.restartBroker();
  // Both had the next key already.
  for (const { node } of [served, alone]) await unlockNode(node);

  const refused = await rotate();
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("2 devices do not know the next key yet");

  // One device receives it, since its daemon asks; the other one does not, and is named.
  {
    await using daemon = await runDaemon(served.node);
    await expect
      .poll(async () => (await rotate()).stderr, { interval: 500 })
      .toContain("1 devices do not know the next key yet");
    await daemon.event(({ outcome }) => outcome === "serving");
  }
  expect((await rotate()).stderr).toContain("DBX-alone");

  expect((await rotate("--force")).status).toBe(0);
  await world.stack.restartBroker();
  await unlockNode(served.node);
  // A change that the administrator forced is not a refusal: no key that this device trusts has
  // signed one.
  const { events } = await alone.node.agent(["unlock"]);
  expect(events.at(-1)).toMatchObject({ outcome: "invalid", code: "GrantRejected" });
  for (const { appliance } of [served, alone]) await appliance.powerOff();
});
