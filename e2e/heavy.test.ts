import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createAzureClients, type CustomerKey } from "@databox-cmk/local-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectedProof } from "./harness/cryptsetup.ts";
import { requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { operatorCall } from "./harness/operator-call.ts";
import { readActivity } from "./harness/order-actions.ts";
import { readPasskeys } from "./harness/passkeys.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "./harness/shipped-appliance.ts";
import { verifyCertificate } from "./harness/verify-certificate.ts";

const ORDER = "heavy";
const SERIALS = ["DBH-1-A", "DBH-1-B"] as const;

let world: World;
let key: CustomerKey;
let orderId: string;
let nodes: readonly [EmulatedNode, EmulatedNode];

beforeAll(async () => {
  world = await openWorld();
  const order = await placeOrder(world, ORDER, "DataBoxHeavy");
  orderId = order.id;
  const appliance = await prepareAppliance(world, order, SERIALS);
  nodes = [appliance.node(SERIALS[0]), appliance.node(SERIALS[1])];
  key = await takeOwnKey(world, order, "contosoheavy");
  await shipAppliance(world, order, appliance);
});
afterAll(() => world[Symbol.asyncDispose]());

const move = async (...actions: readonly string[]) => {
  for (const action of actions)
    expect(await operatorCall(world, { id: orderId, name: ORDER }, action, {})).toMatchObject({
      status: 200,
    });
};
const erase = (node: EmulatedNode, serial: string) => node.agent(["erase", "--serial", serial]);
const statusOf = async (node: EmulatedNode) => requireOk(await node.agent(["status"])).outcome;

test("each node unlocks by itself with the customer's key; the other stays as it is", async () => {
  const [first, second] = nodes;
  const unlocked = { outcome: "unlocked", proof: expectedProof, kid: key.kid };
  expect(await unlockNode(first)).toMatchObject(unlocked);
  expect(await statusOf(second)).toBe("locked");
  expect(await unlockNode(second)).toMatchObject(unlocked);
  requireOk(await first.agent(["lock"]));
  expect(await statusOf(first)).toBe("locked");
  expect(await statusOf(second)).toBe("unlocked");
});

test("a disabled key refuses both nodes", async () => {
  await key.setEnabled(false);
  for (const node of nodes) {
    requireOk(await node.agent(["lock"]));
    const { exitCode, events } = await node.agent(["unlock"]);
    expect(exitCode).toBe(3);
    expect(events).toMatchObject([
      { outcome: "refused", code: "SsemUserErrorEncryptionKeyDisabled" },
    ]);
  }
  await key.setEnabled(true);
});

test("the owner sees one passkey, once for each node", async () => {
  const { customer, stack } = world.customerContext;
  const passkeys = await readPasskeys(customer, stack.resourceGroup, ORDER);
  expect([...passkeys.keys()].toSorted()).toEqual(SERIALS);
  expect(new Set(passkeys.values()).size).toBe(1);
  expect([...passkeys.values()][0]).toMatch(/^.{12,64}$/);
});

test("a reader sees the order, and no passkey", async () => {
  const { stack } = world;
  using reader = createAzureClients(
    stack.description,
    stack.caPem,
    stack.directory.client("Data Box Reader"),
  );
  const { resourceGroup } = stack.description;
  expect(await reader.dataBox.jobs.get(resourceGroup, ORDER)).toMatchObject({ name: ORDER });
  await expect(readPasskeys(reader, resourceGroup, ORDER)).rejects.toMatchObject({
    statusCode: 403,
    code: "AuthorizationFailed",
  });
});

// Evidence: New unlock key, envelope and key slot.
test("one node is rekeyed alone: it has a new passkey, and the old one opens only the other node", async () => {
  const { customer, stack } = world.customerContext;
  const shown = () => readPasskeys(customer, stack.resourceGroup, ORDER);
  const [first, second] = nodes;
  for (const node of nodes) await unlockNode(node);
  const before = await shown();
  expect(requireOk(await first.agent(["rekey"]))).toMatchObject({ outcome: "rekeyed" });
  const after = await shown();
  expect(after.get(second.serial)).toBe(before.get(second.serial));
  const [old = "", fresh = ""] = [before.get(first.serial), after.get(first.serial)];
  expect(fresh).not.toBe(old);
  for (const node of nodes) requireOk(await node.agent(["lock"]));
  expect((await first.agent(["passkey"], old)).events).toMatchObject([{ code: "PasskeyRejected" }]);
  for (const [node, passkey] of [
    [first, fresh],
    [second, old],
  ] as const)
    expect(requireOk(await node.agent(["passkey"], passkey))).toMatchObject({
      outcome: "unlocked",
      proof: expectedProof,
    });
  for (const node of nodes) expect(await unlockNode(node)).toMatchObject({ kid: key.kid });
  const actions = await readActivity(world, { id: orderId, name: ORDER });
  expect(actions.filter(({ action }) => action === "rekey")).toMatchObject([
    { serial: first.serial },
  ]);
});

test("one node whose key is refused halts the copy by its name, and the other one is read", async () => {
  const { customer, stack } = world.customerContext;
  const [first, second] = nodes;
  const read = async () =>
    (await customer.dataBox.jobs.get(stack.resourceGroup, ORDER, { expand: "details" })).error;
  for (const node of nodes) requireOk(await node.agent(["lock"]));
  await move("pickUp", "receive", "startCopy");
  await key.setEnabled(false);
  const refused = "SsemUserErrorEncryptionKeyDisabled";
  expect((await first.agent(["unlock"])).events).toMatchObject([{ code: refused }]);
  expect(await read()).toMatchObject({ details: [{ code: refused, target: first.serial }] });
  await key.setEnabled(true);
  // Without a purpose, the agent asks for that of the stage; the halt stops no other node.
  expect(await unlockNode(second)).toMatchObject({ outcome: "unlocked" });
  await customer.dataBox.mitigate(ORDER, stack.resourceGroup, { customerResolutionCode: "Resume" });
  expect(await read()).toBeUndefined();
  expect(await unlockNode(first)).toMatchObject({ outcome: "unlocked" });
});

test("each node is erased once the copy is complete, and one command verifies what both have signed", async () => {
  const order = { id: orderId, name: ORDER };
  const [first, second] = nodes;
  const early = await erase(first, first.serial);
  expect(early.exitCode).toBe(3);
  expect(early.events).toMatchObject([{ code: "ErasureForbidden", reason: "copy" }]);
  await move("complete");
  const wrong = await erase(first, second.serial);
  expect(wrong.events).toMatchObject([{ code: "ErasureSerialMismatch" }]);
  expect(requireOk(await erase(first, first.serial))).toMatchObject({ outcome: "erased" });
  expect(await statusOf(first)).toBe("erased");
  expect((await first.agent(["unlock"])).events).toMatchObject([{ code: "NodeErased" }]);
  // The other node is as it was, and may be erased after the order.
  expect(await statusOf(second)).toBe("unlocked");
  await move("erase");
  requireOk(await erase(second, second.serial));
  const { status, stdout } = await verifyCertificate(world, order);
  expect(status).toBe(0);
  expect(stdout.match(/erased and verified at/g)).toHaveLength(2);
  for (const { serial } of nodes) expect(stdout).toContain(`node ${serial}, device key `);
});
