import type { DeviceEmulator, EmulatedNode } from "@databox-cmk/device-emulator";
import {
  createOrder,
  type CustomerKey,
  enableIdentity,
  type StoryOrder,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { afterAll, beforeAll, expect, test } from "vitest";

import { prepareNode, requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { readActivity } from "./harness/order-actions.ts";
import { type Daemon, type DaemonEvent, runDaemon } from "./harness/run-daemon.ts";

const APPLIANCES = 10;
const PROBE_INTERVAL_SECONDS = 2;
/** The renewal comes 20 minutes later: only the broker's word can close a volume during a test. */
const LEASE_TTL_SECONDS = 3600;

type Site = {
  readonly order: StoryOrder;
  readonly appliance: DeviceEmulator;
  readonly node: EmulatedNode;
  readonly daemon: Daemon;
};

let world: World;
let key: CustomerKey;
let sites: readonly Site[] = [];
beforeAll(async () => {
  world = await openWorld(() => ({
    brokerEnvironment: {
      PROBE_INTERVAL_SECONDS: String(PROBE_INTERVAL_SECONDS),
      LEASE_TTL_SECONDS: String(LEASE_TTL_SECONDS),
      RATE_LIMIT_ADDRESS_PER_SECOND: "0",
    },
  }));
  key = await world.createVault("contosofleet");
  const numbers = Array.from({ length: APPLIANCES }, (_, index) => String(index + 1));
  sites = await Promise.all(numbers.map((number) => deliver(`fleet-${number}`)));
});
afterAll(async () => {
  await Promise.all(sites.map(({ daemon }) => daemon[Symbol.asyncDispose]()));
  await world[Symbol.asyncDispose]();
});

/** An order of its own with an identity of its own, at the customer's site. */
async function deliver(name: string): Promise<Site> {
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const [code] = await world.operator.prepare(order.id, [serial]);
  const [node] = appliance.nodes;
  if (node === undefined) throw new Error("no node");
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "", "file");
  await key.grant(await enableIdentity(world.customerContext, order));
  await useCustomerKey(world.customerContext, order, key);
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  return { order, appliance, node, daemon: await runDaemon(node) };
}

async function unlockAll(): Promise<void> {
  await Promise.all(sites.map(({ node }) => unlockNode(node)));
  expect(await statesOfAll()).toEqual(sites.map(() => "unlocked"));
}

const statesOfAll = () =>
  Promise.all(sites.map(async ({ node }) => requireOk(await node.agent(["status"])).outcome));

/** @returns milliseconds from `act` to each closed volume, in the order in which they closed */
async function closeAllBy(act: () => Promise<unknown>, code: string): Promise<readonly number[]> {
  const seen = sites.map(({ daemon }) => daemon.events.length);
  const startedAt = performance.now();
  const isNew = (event: DaemonEvent, index: number) =>
    event["relocked"] === true &&
    !sites[index]?.daemon.events.slice(0, seen[index]).includes(event);
  const closing = sites.map(async ({ daemon }, index) => {
    const event = await daemon.event((each) => isNew(each, index));
    expect(event).toMatchObject({ outcome: "refused", code });
    return performance.now() - startedAt;
  });
  await act();
  const times = await Promise.all(closing);
  return times.toSorted((one, other) => one - other);
}

async function expectReceipts(count: number): Promise<void> {
  for (const { order } of sites)
    await expect
      .poll(
        async () =>
          (await readActivity(world, order)).filter((row) => row.action === "lease/relocked")
            .length,
      )
      .toBe(count);
}

const report = (what: string, times: readonly number[]) => {
  const [first = 0] = times;
  console.info(
    `${what} → ${String(times.length)} volumes closed: first ${first.toFixed(0)} ms, last ${times.at(-1)?.toFixed(0) ?? ""} ms`,
  );
};

// Evidence: A withdrawn customer key.
// Evidence: From the vault's refusal to the closed volume.
test("ten unlocked appliances are all closed once the customer disables their key, before a lease is renewed", async () => {
  await unlockAll();
  const times = await closeAllBy(() => key.setEnabled(false), "SsemUserErrorEncryptionKeyDisabled");
  report("key disabled", times);
  expect(times).toHaveLength(APPLIANCES);
  expect(await statesOfAll()).toEqual(sites.map(() => "locked"));
  await expectReceipts(1);
});

// Evidence: Revoke now.
test("revoke now for the fleet, by the broker's operator, closes all of them before a lease is renewed", async () => {
  await key.setEnabled(true);
  await unlockAll();
  const times = await closeAllBy(
    () => world.operator.revoke({ kind: "fleet" }, "drill of the whole fleet"),
    "UnlockRevoked",
  );
  report("fleet revoked", times);
  await expectReceipts(2);
  const refused = await Promise.all(sites.map(({ node }) => node.agent(["unlock"])));
  expect(refused.map(({ events }) => events.at(-1)?.["code"])).toEqual(
    sites.map(() => "UnlockRevoked"),
  );
  await world.operator.restoreAccess({ kind: "fleet" });
  await unlockAll();
});
