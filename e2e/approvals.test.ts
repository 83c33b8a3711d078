import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createOrder, type StackRole, type StoryOrder } from "@databox-cmk/local-stack";
import { approvalList, type UnlockPolicyWrite } from "@databox-cmk/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type AgentProcess, startAgent } from "./harness/agent-process.ts";
import { prepareNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder, callOrderAs } from "./harness/order-actions.ts";

const REASON = "restore for project 7";
/** The shortest that a policy may say. */
const SOON_SECONDS = 60;
const LATER_SECONDS = 3600;
/** They may approve; the policy asks for two of the three. */
const APPROVERS: readonly StackRole[] = ["Owner", "Contributor", "Data Box Contributor"];

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

type Site = { readonly order: StoryOrder; readonly node: EmulatedNode };

/** A locked node at the customer's site, whose unlock two of three people must approve. */
async function guarded(name: string, expiresAfterSeconds: number): Promise<Site> {
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const [code] = await world.operator.prepare(order.id, [serial]);
  const node = appliance.node(serial);
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  const approvers = APPROVERS.map((role) => world.stack.directory.client(role).objectId);
  await callOrder(world, order, "PUT", "unlockPolicy", {
    outageGrace: "P1D",
    leaseTtlSeconds: 60,
    offline: { allowed: false, lease: { kind: "boots", boots: 1 } },
    release: {
      windows: [],
      approvals: { required: 2, approvers, expiresAfterSeconds },
      breakGlass: false,
    },
    // They have app roles, which cannot be looked up.
    acceptUnknownApprovers: true,
  } satisfies UnlockPolicyWrite);
  return { order, node };
}

async function approvalsOf({ order }: Site) {
  return approvalList.parse((await callOrder(world, order, "GET", "approvals")).body).value;
}

async function say(site: Site, approver: StackRole, word: "approve" | "reject"): Promise<void> {
  const open = (await approvalsOf(site)).find(({ state }) => state === "waiting");
  await callOrderAs(
    approver,
    world,
    site.order,
    "POST",
    `approvals/${open?.id ?? "none"}/${word}`,
    {
      reason: "spoken to the site",
    },
  );
}

const wait = ({ node }: Site, ...more: readonly string[]) => startAgent(node, ["unlock", ...more]);
const isPending = ({ code }: Readonly<Record<string, unknown>>) => code === "ApprovalPending";
const last = ({ events }: AgentProcess) => events.at(-1);
const isSilence = (code: string) => (event: Readonly<Record<string, unknown>>) =>
  event["outcome"] === "waiting" && JSON.stringify(event["notes"] ?? "").includes(code);

test("unlocks that wait for approvals survive a restart of the broker, and each ends as decided", async () => {
  const approved = await guarded("approved", LATER_SECONDS);
  const denied = await guarded("denied", LATER_SECONDS);
  const forgotten = await guarded("forgotten", SOON_SECONDS);
  await using opening = wait(approved, "--reason", REASON);
  await using refusing = wait(denied);
  await using expiring = wait(forgotten);
  const waiting = [opening, refusing, expiring];
  for (const process of waiting) await process.event(isPending);
  expect(await approvalsOf(approved)).toMatchObject([
    { state: "waiting", required: 2, reason: REASON, serial: approved.node.serial },
  ]);

  await world.stack.broker().stop();
  for (const process of [opening, refusing]) await process.event(isSilence("BrokerUnreachable"));
  await world.stack.restartBroker();

  await say(approved, "Contributor", "approve");
  await opening.event(({ approval }) => JSON.stringify(approval ?? {}).includes('"given":1'));
  await say(denied, "Owner", "approve");
  await say(denied, "Data Box Contributor", "reject");
  await say(approved, "Owner", "approve");

  expect(await opening.ended).toBe(0);
  expect(last(opening)).toMatchObject({ event: "unlock", outcome: "unlocked" });
  expect(await refusing.ended).toBe(3);
  expect(last(refusing)).toMatchObject({
    outcome: "refused",
    code: "ApprovalRejected",
    who: "security-administrator",
    message: expect.stringContaining("spoken to the site"),
  });
  expect(await expiring.ended).toBe(5);
  expect(last(expiring)).toMatchObject({
    outcome: "invalid",
    code: "ApprovalExpired",
    reason: "time",
  });
  // No party saw a refusal that no authority gave.
  for (const process of [opening, expiring])
    expect(process.events.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  for (const site of [approved, denied, forgotten]) expect(await approvalsOf(site)).toHaveLength(1);
  expect(await approvalsOf(approved)).toMatchObject([
    { state: "released", decisions: [{ decision: "approved" }, { decision: "approved" }] },
  ]);
});

test("any later unlock continues a kept request, and its approvals are used up once", async () => {
  const site = await guarded("kept", LATER_SECONDS);
  const keep = () => site.node.agent(["unlock", "--no-wait"]);
  expect(await keep()).toMatchObject({ exitCode: 6, events: [{ code: "ApprovalPending" }] });
  await say(site, "Owner", "approve");
  expect(await keep()).toMatchObject({
    exitCode: 6,
    events: [{ approval: { given: 1, required: 2 } }],
  });
  {
    await using interrupted = wait(site);
    await interrupted.event(isPending);
    interrupted.signal("SIGINT");
    expect(await interrupted.ended).toBe(6);
  }
  {
    await using killed = wait(site);
    await killed.event(isPending);
    killed.signal("SIGKILL");
    expect(await killed.ended).toBe(undefined);
  }
  expect(await site.node.agent(["status"])).toMatchObject({
    events: [{ outcome: "locked", approval: { given: 1 } }],
  });
  expect(await approvalsOf(site)).toHaveLength(1);
  await say(site, "Contributor", "approve");
  expect(await keep()).toMatchObject({ exitCode: 0, events: [{ outcome: "unlocked" }] });

  await site.node.agent(["lock"]);
  expect(await keep()).toMatchObject({ exitCode: 6, events: [{ approval: { given: 0 } }] });
  expect((await approvalsOf(site)).map(({ state }) => state).toSorted()).toEqual([
    "released",
    "waiting",
  ]);
  expect(await site.node.agent(["unlock", "--cancel"])).toMatchObject({ exitCode: 0 });
  await say(site, "Owner", "approve");
  await say(site, "Contributor", "approve");
  // An approval after the request was dropped opens nothing.
  expect(await keep()).toMatchObject({ exitCode: 6, events: [{ approval: { given: 0 } }] });
});
