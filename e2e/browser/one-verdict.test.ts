import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { type CustomerKey, enableIdentity, type StoryOrder } from "@databox-cmk/local-stack";
import {
  orderNodes,
  type ReleaseWindow,
  unlockPolicyView,
  type WeekDay,
} from "@databox-cmk/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { requireOk } from "../harness/nodes.ts";
import { operatorCall } from "../harness/operator-call.ts";
import { approveWaiting, callOrder, callOrderAs } from "../harness/order-actions.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const SERIAL = "DBX-0301";
const PEOPLE: Readonly<Record<string, string>> = {
  "security-administrator": "Security administrator",
  "order-owner": "Owner of the order",
  "site-operator": "Operator at the appliance",
  "broker-operator": "Operator of the service",
  nobody: "Nobody",
};

const BLOCKED = "Remove what blocks atlas";
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

describe.runIf(runsBrowser)("every surface says why an appliance stays locked", () => {
  let portal: PortalWorld;
  let order: StoryOrder;
  let key: CustomerKey;
  let node: EmulatedNode;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("one-verdict");
    const { world } = portal;
    order = await placeOrder(world, "atlas");
    const appliance = await prepareAppliance(world, order, [SERIAL]);
    key = await takeOwnKey(world, order, "contosoatlas");
    await shipAppliance(world, order, appliance);
    node = appliance.node(SERIAL);
    visit = await portal.browser.signIn("ada@contoso.example");
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await visit.picture(`failed ${task.name.slice(0, 80)}`);
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  const call = (method: "GET" | "PUT" | "POST", path: string, body?: object) =>
    callOrder(portal.world, order, method, path, body);
  const operate = (action: string, body: object) =>
    operatorCall(portal.world, undefined, action, {
      scope: { kind: "order", order: order.id },
      ...body,
    });
  /** By a person, whose wish to lift a rule is the first of the votes that this needs. */
  const release = async (change: object) => {
    const policy = unlockPolicyView.parse(JSON.parse((await call("GET", "unlockPolicy")).text));
    const { release: now } = policy;
    const body = { ...policy, release: { ...now, ...change } };
    await callOrderAs("Security administrator", portal.world, order, "PUT", "unlockPolicy", body);
  };
  const requireApprovals = (required: number) =>
    release({ approvals: { required, approvers: [], expiresAfterSeconds: 3600 } });
  const readVerdict = async () =>
    orderNodes.parse(JSON.parse((await call("GET", "nodes")).text)).verdict;
  /** The page's words, once those that it must have are there. */
  const textOf = async (path: string, awaited: string) => {
    await visit.goTo(path);
    await visit.page.getByText(awaited).first().waitFor({ timeout: 30_000 });
    return visit.page.locator("main").innerText();
  };

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
      begin: () => key.setEnabled(false),
      end: () => key.setEnabled(true),
    },
    {
      name: "an identity without access to the key",
      code: "SsemUserErrorKeyVaultBadRequestException",
      begin: async () => key.revoke(await enableIdentity(portal.world.customerContext, order)),
      end: async () => key.grant(await enableIdentity(portal.world.customerContext, order)),
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
        // The waiting request keeps the conditions under which it was asked.
        await approveWaiting(portal.world, order, "network");
        await expect(requireApprovals(0)).rejects.toThrow("ChangeNeedsApproval");
        await approveWaiting(portal.world, order);
        await requireApprovals(0);
      },
    },
  ];

  test.each(states)("$name", async ({ code, begin, end }) => {
    await begin();
    let isOver = false;
    const over = async () => {
      if (!isOver) await end();
      isOver = true;
    };
    onTestFinished(over);
    const unlock = (await node.agent(["unlock", "--no-wait"])).events.at(-1);
    const verdict = await readVerdict();
    const [cause] = verdict.causes;
    const { who, text } = verdict.nextStep;
    const hinders = { code, who };
    expect({ code: cause?.code, who }).toEqual(hinders);
    expect(unlock).toMatchObject(hinders);
    const status = (await node.agent(["status"])).events.at(-1);
    expect(status).toMatchObject({ outcome: "locked", cause: hinders });
    const doctor = JSON.stringify((await node.agent(["doctor"])).events);
    expect(doctor).toContain(code);

    for (const page of [undefined, "troubleshoot"]) {
      const shown = await textOf(portal.orderPath("atlas", page), code);
      expect(shown).toContain(`Who must act: ${PEOPLE[who] ?? who}`);
      expect(shown).not.toContain("No problems found");
    }
    const ofKey = code.startsWith("SsemUser") ? code : text;
    const health = await textOf(portal.orderPath("atlas", "key-health"), ofKey);
    expect(health).not.toContain("Nothing: the key is usable");
    const isBlocked = verdict.state === "Blocked";
    const home = await textOf("/", TASKS[code] ?? (isBlocked ? BLOCKED : "Nothing to do now"));
    expect(home.includes(PEOPLE[who] ?? who)).toBe(isBlocked);
    await visit.picture(code);

    await over();
    expect((await node.agent(["unlock"])).events.at(-1)).toMatchObject({ outcome: "unlocked" });
    expect(await readVerdict()).toMatchObject({ state: "Ready", causes: [] });
    await textOf(portal.orderPath("atlas", "troubleshoot"), "No problems found");
    await node.agent(["lock"]);
  });
});

/** Open for an hour of the day after tomorrow. */
function closedNow(): ReleaseWindow {
  const day = new Date(Date.now() + 2 * 86_400_000);
  const name = day.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  return { days: [name as WeekDay], from: "03:00", to: "04:00", timeZone: "UTC" };
}
