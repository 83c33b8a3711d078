import type { DeviceEmulator, EmulatedNode } from "@databox-cmk/device-emulator";
import {
  createOrder,
  type CustomerKey,
  enableIdentity,
  type StoryOrder,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { prepareNode, requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder, readActivity } from "./harness/order-actions.ts";
import { runDaemon, type Daemon } from "./harness/run-daemon.ts";

const PROBE_INTERVAL_SECONDS = 1;
const LEASE_TTL_SECONDS = 10;
/** Long enough to ask for the state in it, on a slow machine. */
const OUTAGE_GRACE_SECONDS = 20;
/** After the broker has gone: its last answer is at most one lease old. */
const OPEN_AT_LEAST_MS = (OUTAGE_GRACE_SECONDS - LEASE_TTL_SECONDS) * 1000;
/** The renewal comes 20 minutes later: only the broker's word can close a volume during a test. */
const LONG_LEASE_TTL_SECONDS = 3600;

let world: World;
let key: CustomerKey;
beforeAll(async () => {
  world = await openWorld(() => ({
    brokerEnvironment: {
      PROBE_INTERVAL_SECONDS: String(PROBE_INTERVAL_SECONDS),
      LEASE_TTL_SECONDS: String(LEASE_TTL_SECONDS),
      OUTAGE_GRACE_SECONDS: String(OUTAGE_GRACE_SECONDS),
      RATE_LIMIT_ADDRESS_PER_SECOND: "0",
      RATE_LIMIT_DEVICE_PER_MINUTE: "0",
      RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "0",
      RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "0",
    },
  }));
  key = await world.createVault("contosorelock");
});
afterAll(() => world[Symbol.asyncDispose]());

type Unlocked = AsyncDisposable & {
  readonly order: StoryOrder;
  readonly appliance: DeviceEmulator;
  readonly nodes: readonly EmulatedNode[];
  readonly daemons: readonly Daemon[];
};

/** An order at the customer's site whose node is unlocked, with its daemon running. */
async function unlocked(name: string): Promise<Unlocked> {
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const codes = await world.operator.prepare(order.id, [serial]);
  for (const [index, node] of appliance.nodes.entries())
    await prepareNode(world, node, order.id, codes[index]?.enrolmentCode ?? "");
  await key.grant(await enableIdentity(world.customerContext, order));
  await useCustomerKey(world.customerContext, order, key);
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  const { nodes } = appliance;
  const daemons: Daemon[] = [];
  for (const node of nodes) {
    daemons.push(await runDaemon(node));
    await unlockNode(node);
  }
  return {
    order,
    appliance,
    nodes,
    daemons,
    async [Symbol.asyncDispose]() {
      await Promise.all(daemons.map((daemon) => daemon[Symbol.asyncDispose]()));
    },
  };
}

const isRelocked = ({ relocked }: Readonly<Record<string, unknown>>) => relocked === true;
const stateOf = async (node: EmulatedNode | undefined) => {
  if (node === undefined) throw new Error("no node");
  return requireOk(await node.agent(["status"])).outcome;
};

/** The activity's row of the node's own signed receipt, once it has come. */
async function expectReceipt(order: StoryOrder, action: string): Promise<void> {
  await expect
    .poll(async () => (await readActivity(world, order)).map((row) => row.action), {})
    .toContain(action);
}

describe("an unlocked appliance with its daemon", () => {
  // Evidence: A removed permission noticed late.
  // Evidence: From the vault's refusal to the closed volume.
  test("is closed when the vault refuses its key, says why, and proves it by a receipt", async () => {
    await using site = await unlocked("disabled");
    const [node] = site.nodes;
    expect(await stateOf(node)).toBe("unlocked");
    const startedAt = performance.now();
    await key.setEnabled(false);
    const event = await site.daemons[0]?.event(isRelocked);
    const elapsedMs = performance.now() - startedAt;
    console.info(`key disabled → volume closed: ${elapsedMs.toFixed(0)} ms`);
    expect(event).toMatchObject({
      outcome: "refused",
      code: "SsemUserErrorEncryptionKeyDisabled",
      who: "security-administrator",
    });
    expect(await stateOf(node)).toBe("locked");
    await expectReceipt(site.order, "lease/relocked");
    await key.setEnabled(true);
    if (node !== undefined) await unlockNode(node);
    expect(await stateOf(node)).toBe("unlocked");
  });

  // Evidence: Revoke now.
  test("is closed by revoke now, long before its lease is renewed", async () => {
    await world.stack.restartBroker({ LEASE_TTL_SECONDS: String(LONG_LEASE_TTL_SECONDS) });
    await using site = await unlocked("revoked");
    const startedAt = performance.now();
    await callOrder(world, site.order, "POST", "revoke", { reason: "the appliance was stolen" });
    const event = await site.daemons[0]?.event(isRelocked);
    const elapsedMs = performance.now() - startedAt;
    console.info(`revoke now → volume closed: ${elapsedMs.toFixed(0)} ms`);
    expect(event).toMatchObject({ outcome: "refused", code: "UnlockRevoked" });
    const refused = await site.nodes[0]?.agent(["unlock"]);
    expect(refused?.events.at(-1)).toMatchObject({ outcome: "refused", code: "UnlockRevoked" });
    await callOrder(world, site.order, "POST", "restoreAccess");
    for (const node of site.nodes) await unlockNode(node);
    await world.stack.restartBroker();
  });

  // Evidence: Revocation drills.
  test("answers a drill and stays open", async () => {
    await using site = await unlocked("drilled");
    await callOrder(world, site.order, "POST", "revocationDrill");
    await expectReceipt(site.order, "lease/drilled");
    expect(await stateOf(site.nodes[0])).toBe("unlocked");
  });

  // Evidence: Outages before the grace period ends.
  test("stays open while the broker is down, and closes when its outage grace is over", async () => {
    await using site = await unlocked("outage");
    const startedAt = performance.now();
    await world.stack.broker().kill();
    await site.daemons[0]?.event(({ outcome }) => outcome === "unreachable");
    const state = await stateOf(site.nodes[0]);
    // On a machine that took longer than that to say so, the grace may be over.
    const isGraceOver = performance.now() - startedAt >= OPEN_AT_LEAST_MS;
    expect(isGraceOver ? ["unlocked", "locked"] : ["unlocked"]).toContain(state);
    const event = await site.daemons[0]?.event(isRelocked);
    const elapsedMs = performance.now() - startedAt;
    console.info(`broker gone → volume closed: ${elapsedMs.toFixed(0)} ms`);
    expect(event).toMatchObject({ outcome: "unreachable", code: "BrokerUnreachable" });
    expect(elapsedMs).toBeGreaterThan(OPEN_AT_LEAST_MS);
    expect(await stateOf(site.nodes[0])).toBe("locked");
    await world.stack.restartBroker();
    await expectReceipt(site.order, "lease/relocked");
  });
});
