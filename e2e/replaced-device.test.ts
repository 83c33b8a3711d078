import { join } from "node:path";

import { createOrder } from "@databox-cmk/local-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectedProof } from "./harness/cryptsetup.ts";
import { prepareNode, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { operatorCall } from "./harness/operator-call.ts";
import { runAgent } from "./harness/run-agent.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

// Evidence: A stolen appliance.
test("a device that was replaced can never unlock again, and its successor opens the same volume", async () => {
  const serial = "DBX-REPLACED";
  const order = await createOrder(world.customerContext, "replaced");
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const node = appliance.node(serial);
  const [code] = await world.operator.prepare(order.id, [serial]);
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  // Its counter is far ahead of where its successor begins.
  for (let unlocks = 0; unlocks < 3; unlocks += 1) await unlockNode(node);

  const replaced = { serial, reason: "the board was stolen" };
  const early = await operatorCall(world, order, "replaceDevice", replaced);
  expect(early.status).toBe(400);
  expect(early.text).toContain("revoke the node first");

  const scope = { kind: "node", order: order.id, serial };
  const fleet = (action: string, body: object) => operatorCall(world, undefined, action, body);
  expect((await fleet("revoke", { scope, reason: "stolen" })).status).toBe(200);
  const { status, body } = await operatorCall(world, order, "replaceDevice", replaced);
  expect(status).toBe(200);
  expect((await fleet("restoreAccess", { scope })).status).toBe(200);

  const { events } = await node.agent(["unlock"]);
  expect(events.at(-1)).toMatchObject({ code: "DeviceNotAuthenticated" });

  const stateDir = join(world.folder, "successor");
  const { brokerUrl, caFile, dnsServer } = world.stack.description;
  const options = [
    ["--state-dir", stateDir, "--json", "prepare", "--broker", brokerUrl, "--keep-volume"],
    ["--order", order.id.toLowerCase(), "--serial", serial, "--volume", node.diskPath],
    ["--ca-file", caFile, "--dns-server", dnsServer],
  ].flat();
  const prepared = await runAgent(options, {
    input: (body as { enrolmentCode: string }).enrolmentCode,
  });
  expect(prepared).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("left unchanged") as string,
  });
  const unlocked = await runAgent(["--state-dir", stateDir, "--json", "unlock"]);
  expect(JSON.parse(unlocked.stdout)).toMatchObject({ outcome: "unlocked", proof: expectedProof });
  await appliance.powerOff();
});
