import type { EmulatedNode } from "@databox-cmk/device-emulator";
import {
  createTransport,
  type CustomerKey,
  enableIdentity,
  type StoryOrder,
} from "@databox-cmk/local-stack";
import {
  orderNodes,
  type ReleaseWindow,
  unlockPolicyView,
  type WeekDay,
} from "@databox-cmk/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import { requireOk } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { operatorCall } from "../harness/operator-call.ts";
import { approveWaiting, callOrder, callOrderAs } from "../harness/order-actions.ts";
import { replaceDevice } from "../harness/replace-device.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { takeAppearance, takeWidth } from "./harness/appearances.ts";
import { runsBrowser } from "./harness/engines.ts";
import { lockState } from "./harness/node-page.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";
import type { Visit } from "./harness/visit.ts";

const PEOPLE: Readonly<Record<string, string>> = {
  "security-administrator": "Security administrator",
  "order-owner": "Owner of the order",
  "site-operator": "Operator at the appliance",
  "broker-operator": "Operator of the service",
  nobody: "Nobody",
};

/** Some causes wait for a person and block nothing. */
const TASKS: Readonly<Record<string, string>> = {
  ApprovalPending: "Decide about an approval of atlas",
};

/** A cause that hinders an unlock, with its beginning and its end. */
type State = {
  readonly name: string;
  readonly code: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
};

/** An order and its appliance, which can be unlocked. */
type Story = {
  readonly order: StoryOrder;
  readonly key: CustomerKey;
  readonly node: EmulatedNode;
  readonly uiUrl: string;
};

const STORIES = ["atlas", "picked", "halted", "replaced"] as const;

describe.runIf(runsBrowser)("every surface says why an appliance stays locked", () => {
  let world: World;
  let browser: StackBrowser;
  let stories: ReadonlyMap<string, Story>;
  let visit: Visit;
  let atNode: Visit;

  beforeAll(async () => {
    world = await openWorld();
    const opened = new Map<string, Story>();
    for (const name of STORIES) opened.set(name, await openStory(world, name));
    stories = opened;
    const pages = [...stories.values()].map(({ uiUrl }) => uiUrl);
    browser = await openBrowser(world.stack.description, "one-verdict", pages);
    visit = await browser.signIn("ada@contoso.example");
    atNode = await browser.openNode(pages[0] ?? "");
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    await visit.picture(`failed ${task.name.slice(0, 80)}`);
    await atNode.picture(`failed at the node ${task.name.slice(0, 80)}`);
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    for (const { node } of stories.values()) await node.powerOff();
    await world[Symbol.asyncDispose]();
  });

  const storyOf = (name: string): Story => {
    const story = stories.get(name);
    if (story === undefined) throw new Error(`no order ${name}`);
    return story;
  };
  const call = (method: "GET" | "PUT" | "POST", path: string, body?: object) =>
    callOrder(world, storyOf("atlas").order, method, path, body);
  const operate = (action: string, body: object) =>
    operatorCall(world, undefined, action, {
      scope: { kind: "order", order: storyOf("atlas").order.id },
      ...body,
    });
  const policyOf = async (order: StoryOrder) => {
    const { text } = await callOrder(world, order, "GET", "unlockPolicy");
    return unlockPolicyView.parse(JSON.parse(text));
  };
  /** By a person, whose wish to lift a rule is the first of the votes that this needs. */
  const release = async (change: object) => {
    const { order } = storyOf("atlas");
    const policy = await policyOf(order);
    const body = { ...policy, release: { ...policy.release, ...change } };
    await callOrderAs("Security administrator", world, order, "PUT", "unlockPolicy", body);
  };
  const requireApprovals = (required: number) =>
    release({ approvals: { required, approvers: [], expiresAfterSeconds: 3600 } });
  const readVerdict = async (order: StoryOrder) =>
    orderNodes.parse(JSON.parse((await callOrder(world, order, "GET", "nodes")).text)).verdict;
  const orderPath = ({ name }: StoryOrder, page?: string) => {
    const { subscriptionId, resourceGroup } = world.stack.description;
    return ["/orders", subscriptionId, resourceGroup, name, page]
      .filter((part) => part !== undefined)
      .join("/");
  };
  /** The page's words, once those that it must have are there. */
  const textOf = async (path: string, awaited: string) => {
    await visit.goTo(path);
    await visit.page.getByText(awaited).first().waitFor({ timeout: 20_000 });
    return visit.page.locator("main").innerText();
  };
  const control = async (method: "POST" | "DELETE", path: string, body?: object) => {
    const { caPem, description } = world.stack;
    using transport = createTransport(caPem);
    const url = `${description.emulatorControlUrl}${path}`;
    const answer = await createJsonClient(transport.agent)(method, url, body && { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  let faultId = "";

  const states: readonly State[] = [
    {
      name: "the owner's kill switch",
      code: "UnlockRevoked",
      begin: () => call("POST", "revoke", { reason: "stolen" }),
      end: () => call("POST", "restoreAccess", {}),
    },
    {
      name: "the operator's kill switch",
      code: "UnlockRevoked",
      begin: () => operate("revoke", { reason: "a fault" }),
      end: () => operate("restoreAccess", {}),
    },
    {
      name: "a disabled key",
      code: "SsemUserErrorEncryptionKeyDisabled",
      begin: () => storyOf("atlas").key.setEnabled(false),
      end: () => storyOf("atlas").key.setEnabled(true),
    },
    {
      name: "an identity without access to the key",
      code: "SsemUserErrorKeyVaultBadRequestException",
      async begin() {
        const { key, order } = storyOf("atlas");
        await key.revoke(await enableIdentity(world.customerContext, order));
      },
      async end() {
        const { key, order } = storyOf("atlas");
        await key.grant(await enableIdentity(world.customerContext, order));
      },
    },
    {
      name: "a vault that does not answer",
      code: "KeyVaultUnreachable",
      async begin() {
        const scope = { service: "key-vault", vault: "contosoatlas" };
        const effect = { kind: "connection-reset" };
        faultId = String(
          Reflect.get(Object(await control("POST", "/faults", { scope, effect })), "id"),
        );
      },
      end: () => control("DELETE", `/faults/${faultId}`),
    },
    {
      name: "closed hours",
      code: "ReleaseWindowClosed",
      begin: () => release({ windows: [closedNow()] }),
      end: () => release({ windows: [] }),
    },
    {
      name: "a daily limit that is used up",
      code: "RateLimited",
      async begin() {
        const { node } = storyOf("atlas");
        await call("PUT", "unlockBudget", { unlocksPerDay: 1 });
        requireOk(await node.agent(["unlock"]));
        await node.agent(["lock"]);
      },
      end: () => call("PUT", "unlockBudget", { unlocksPerDay: 1000 }),
    },
    {
      name: "an approval that waits",
      code: "ApprovalPending",
      begin: () => requireApprovals(1),
      async end() {
        const { order } = storyOf("atlas");
        // The waiting request keeps the conditions under which it was asked.
        await approveWaiting(world, order, "network");
        await expect(requireApprovals(0)).rejects.toThrow("ChangeNeedsApproval");
        await approveWaiting(world, order);
        await requireApprovals(0);
      },
    },
  ];

  /** The surfaces at the appliance: its commands and its own page. */
  const atAppliance = async (
    { node, uiUrl }: Story,
    unlock: object | undefined,
    hinders: { code: string; who: string },
  ) => {
    expect(unlock).toMatchObject(hinders);
    const status = (await node.agent(["status"])).events.at(-1);
    expect(status).toMatchObject({ outcome: "locked", cause: hinders });
    const doctor = JSON.stringify((await node.agent(["doctor"])).events);
    expect(doctor).toContain(hinders.code);
    await atNode.page.goto(uiUrl);
    const main = atNode.page.locator("main");
    // A request that waits has a panel of its own.
    const isWaiting = hinders.code === "ApprovalPending";
    const awaited = isWaiting ? "Waiting for approval" : hinders.code;
    await main.getByText(awaited).first().waitFor({ timeout: 20_000 });
    if (!isWaiting)
      expect(await main.innerText()).toContain(
        `Who must act: ${PEOPLE[hinders.who] ?? hinders.who}`,
      );
  };

  /** The pages of the portal, by the order's own verdict. */
  const inPortal = async (order: StoryOrder, code: string) => {
    const verdict = await readVerdict(order);
    const { who, text } = verdict.nextStep;
    expect(verdict.causes[0]?.code).toBe(code);
    // Of a stage that allows no unlock, the overview shows the stage itself.
    for (const page of code === "PurposeForbidden"
      ? ["troubleshoot"]
      : [undefined, "troubleshoot"]) {
      const shown = await textOf(orderPath(order, page), code);
      expect(shown).toContain(`Who must act: ${PEOPLE[who] ?? who}`);
      expect(shown).not.toContain("No problems found");
    }
    const ofKey = /Key/.test(code) && code !== "RecoveryKeyMissing" ? code : text;
    const health = await textOf(orderPath(order, "key-health"), ofKey);
    expect(health).not.toContain("Nothing: the key is usable");
    const isBlocked = verdict.state === "Blocked";
    const blocked = `Remove what blocks ${order.name}`;
    const task = TASKS[code] ?? (isBlocked ? blocked : "Tasks");
    const home = await textOf("/", task);
    if (isBlocked) expect(home).toContain(PEOPLE[who] ?? who);
    else expect(home).not.toContain(blocked);
    return { code, who };
  };

  test.each(states)("$name", async ({ code, begin, end }) => {
    const story = storyOf("atlas");
    const { node, order } = story;
    await begin();
    let isOver = false;
    const over = async () => {
      if (!isOver) await end();
      isOver = true;
    };
    onTestFinished(over);
    const unlock = (await node.agent(["unlock", "--no-wait"])).events.at(-1);
    const hinders = await inPortal(order, code);
    await atAppliance(story, unlock, hinders);
    await visit.picture(code);
    await atNode.picture(`at the node ${code}`);

    await over();
    expect((await node.agent(["unlock"])).events.at(-1)).toMatchObject({ outcome: "unlocked" });
    expect(await readVerdict(order)).toMatchObject({ state: "Ready", causes: [] });
    await textOf(orderPath(order, "troubleshoot"), "No problems found");
    await atNode.page.goto(story.uiUrl);
    await lockState(atNode.page).getByText("Unlocked", { exact: true }).waitFor();
    expect(await atNode.page.locator("main").innerText()).not.toContain(code);
    await node.agent(["lock"]);
  });

  test("an appliance on its way back", async () => {
    const story = storyOf("picked");
    await world.operator.advance(story.order.id, "pickUp");
    const unlock = (await story.node.agent(["unlock"])).events.at(-1);
    const hinders = await inPortal(story.order, "PurposeForbidden");
    expect(hinders.who).toBe("broker-operator");
    await atAppliance(story, unlock, hinders);
  });

  test("a device that was replaced", async () => {
    const story = storyOf("replaced");
    await replaceDevice(world, story.order, story.node.serial);
    const unlock = (await story.node.agent(["unlock"])).events.at(-1);
    const hinders = await inPortal(story.order, "DeviceNotAuthenticated");
    expect(hinders.who).toBe("broker-operator");
    await atAppliance(story, unlock, hinders);
  });

  test("a copy that was halted by a disabled key, and then by nothing but its owner", async () => {
    const story = storyOf("halted");
    const { order, node, key } = story;
    await key.setEnabled(false);
    for (const act of ["pickUp", "receive", "startCopy"] as const)
      await world.operator.advance(order.id, act);
    const unlock = (await node.agent(["unlock", "--purpose", "ingest"])).events.at(-1);
    const code = "SsemUserErrorEncryptionKeyDisabled";
    await atAppliance(story, unlock, await inPortal(order, code));
    await key.setEnabled(true);
    await callOrder(world, order, "POST", "keyHealth/check", {});
    expect(await inPortal(order, "SsemUserCopyErrorWaitingForAction")).toMatchObject({
      who: "order-owner",
    });
  });

  test("split custody without a recovery key, before the appliance is prepared", async () => {
    const order = await placeOrder(world, "shares");
    await takeOwnKey(world, order, "contososhares");
    /** In the list and on the order's own page. */
    const light = async (text: string) => {
      for (const path of ["/orders?search=shares", orderPath(order)])
        expect(await textOf(path, text)).toContain(text);
    };
    await light("Ship with care");
    const custody = { kind: "split", acceptNoRecovery: false };
    await callOrder(world, order, "PUT", "unlockPolicy", { ...(await policyOf(order)), custody });
    expect(await inPortal(order, "RecoveryKeyMissing")).toMatchObject({ who: "order-owner" });
    await light("Do not ship yet");
    const overview = await textOf(orderPath(order), "Ready to ship");
    expect(overview).toContain("Split custody needs a recovery key.");
    await visit.picture("ready to ship");
    await takeAppearance(visit.page, "dark");
    await takeWidth(visit.page, "narrow");
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await visit.picture("ready to ship, narrow and dark");
  });
});

async function openStory(world: World, name: string): Promise<Story> {
  const order = await placeOrder(world, name);
  const serial = `DBX-${name}`;
  const appliance = await prepareAppliance(world, order, [serial]);
  const key = await takeOwnKey(world, order, `contoso${name}`);
  await shipAppliance(world, order, appliance);
  const node = appliance.node(serial);
  return { order, key, node, uiUrl: (await node.serve()).uiUrl };
}

/** Open for an hour of the day after tomorrow. */
function closedNow(): ReleaseWindow {
  const day = new Date(Date.now() + 2 * 86_400_000);
  const name = day.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  return { days: [name as WeekDay], from: "03:00", to: "04:00", timeZone: "UTC" };
}
