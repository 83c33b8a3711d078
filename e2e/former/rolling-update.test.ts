import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import { createDeviceEmulator } from "@databox-cmk/device-emulator";
import { approvalList, MESSAGE_TYPES, type UnlockPolicyWrite } from "@databox-cmk/protocol";
import {
  codeOf,
  type DeviceClient,
  findPostgres,
  LeaseClient,
  openTemporaryFolder,
  required,
  requireTool,
} from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { startAgent } from "../harness/agent-process.ts";
import { prepareNode, unlockNode } from "../harness/nodes.ts";
import { callOrder, callOrderAs } from "../harness/order-actions.ts";
import { BROKER } from "../harness/programs.ts";
import { placeOrder, shipAppliance, takeOwnKey } from "../harness/shipped-appliance.ts";
import { type Fleet, openFleet } from "../replicas/open-fleet.ts";
import { isKept, readStore } from "../replicas/read-store.ts";
import { unpackPrograms } from "./released-state.ts";

const DEVICES = 4;
/** Unlocks of each device between two replacements, and after the last one. */
const ROUNDS = 3;
const POLICY: UnlockPolicyWrite = {
  outageGrace: "P1D",
  leaseTtlSeconds: 60,
  offline: { allowed: false, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required: 0, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
};
const isLeftOut = !requireTool("postgresql", findPostgres() !== undefined);

type Load = { readonly device: DeviceClient; readonly texts: string[]; failures: string[] };

/** What a machine that is too busy for its own time limits answers, without a fault of a version. */
const BUSY: ReadonlySet<unknown> = new Set([
  "BrokerBusy",
  "IdentityProviderUnreachable",
  "KeyVaultUnreachable",
]);

/** As an agent, asks again. The former broker ends connections when it stops. */
async function untilAnswered<Answer>(
  send: () => Promise<Answer>,
  codeIn: (answer: Answer) => unknown,
): Promise<Answer> {
  for (;;) {
    const answer = await send().catch((error: unknown) => {
      if (Object(error).code !== "ECONNRESET") throw error;
    });
    if (answer !== undefined && !BUSY.has(codeIn(answer))) return answer;
    await setTimeout(500);
  }
}

/** Unlocks and renews without a pause: challenge, request and renewal go to different replicas. */
async function load(one: Load, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const unlock = () => one.device.unlock("unlock");
    const { answer } = await untilAnswered(unlock, (unlocked) => codeOf(unlocked.answer));
    if (answer.kind !== "answer") {
      one.failures.push(codeOf(answer));
      continue;
    }
    one.texts.push(answer.text);
    const lease = new LeaseClient(one.device, answer.value.lease);
    const { typ } = await untilAnswered(
      () => lease.renew(),
      ({ payload }) => payload["code"],
    );
    if (typ !== MESSAGE_TYPES.lease) one.failures.push(typ);
  }
}

/** A device whose unlock waits for people. */
async function ask(fleet: Fleet, name: string) {
  const device = await fleet.deliver(name);
  const order = { name, id: device.order };
  const approvals = { ...POLICY.release.approvals, required: 1 };
  const release = { ...POLICY.release, approvals };
  await callOrder(fleet.world, order, "PUT", "unlockPolicy", { ...POLICY, release });
  const prepared = await device.prepareUnlock("unlock");
  expect(await device.sendUnlock(prepared)).toMatchObject({ kind: "pending" });
  return async () => {
    const { body } = await callOrder(fleet.world, order, "GET", "approvals");
    const { value } = approvalList.parse(body);
    const { id } = required(value.find(({ state }) => state === "waiting"));
    const path = `approvals/${id}/approve`;
    await callOrderAs("Approver", fleet.world, order, "POST", path, { reason: "seen" });
    return codeOf(await device.sendUnlock(prepared));
  };
}

/** A node whose daemon keeps its open volume. */
async function open(fleet: Fleet, name: string, bundle: string) {
  const { world } = fleet;
  const serial = `DBX-${name}`;
  const order = await placeOrder(world, name);
  const appliance = createDeviceEmulator({
    directory: `${world.folder}/${serial}`,
    agentCommand: agentCommand(bundle),
    sku: "DataBox",
    serials: [serial],
  });
  const [code] = await world.operator.prepare(order.id, [serial]);
  appliance.powerOn();
  const node = appliance.node(serial);
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await takeOwnKey(world, order, `contoso${name}`);
  await shipAppliance(world, order, appliance);
  await callOrder(world, order, "PUT", "unlockPolicy", POLICY);
  await unlockNode(node);
  const daemon = startAgent(node, ["serve"], bundle);
  await daemon.event(({ outcome }) => outcome === "serving");
  return { node, daemon };
}

test.skipIf(isLeftOut)(
  "replicas are updated and taken back one by one under load: nothing is refused or lost, and no volume closes",
  async () => {
    using folder = openTemporaryFolder();
    const former = unpackPrograms(folder.path);
    await using fleet = await openFleet("postgres", former.broker);
    const loads: Load[] = [];
    while (loads.length < DEVICES)
      loads.push({
        device: await fleet.deliver(`load-${String(loads.length)}`),
        texts: [],
        failures: [],
      });
    const nodes = [
      await open(fleet, "older", former.agent),
      await open(fleet, "newer", AGENT_BUNDLE),
    ];
    await using daemons = new AsyncDisposableStack();
    for (const { daemon } of nodes) daemons.use(daemon);
    const approvedMidway = await ask(fleet, "midway");
    const approvedBack = await ask(fleet, "back");

    let isOver = false;
    const running = Promise.all(loads.map((one) => load(one, () => isOver)));
    const more = async () => {
      const enough = loads.map(({ texts }) => texts.length + ROUNDS);
      const isShort = () => loads.some(({ texts }, at) => texts.length < (enough[at] ?? 0));
      while (isShort() && loads.every(({ failures }) => failures.length === 0))
        await Promise.race([running, setTimeout(20)]);
    };
    const replace = async (program: string) => {
      for (const replica of fleet.replicas) {
        await replica.stop();
        await replica.start(program);
        await more();
      }
    };

    await more();
    execFileSync(process.execPath, [BROKER, "migrate"], {
      env: { ...process.env, ...fleet.environment },
    });
    await more();
    const [first] = fleet.replicas;
    await first?.stop();
    await first?.start(BROKER);
    await more();
    // One is new, two are former.
    expect(await approvedMidway()).toBe("answer");
    await replace(BROKER);
    const approvedByFormer = await ask(fleet, "by-former");
    await replace(former.broker);
    expect(await approvedBack()).toBe("answer");
    expect(await approvedByFormer()).toBe("answer");
    isOver = true;
    await running;

    expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
    const kept = await readStore(fleet);
    for (const { device, texts } of loads)
      expect(texts.filter((text) => !isKept(kept, device.order, text))).toEqual([]);
    for (const { node, daemon } of nodes) {
      expect(daemon.events.filter(({ outcome }) => outcome !== "serving")).toEqual([]);
      expect((await node.agent(["status"])).events.at(-1)).toMatchObject({ outcome: "unlocked" });
    }
  },
);
