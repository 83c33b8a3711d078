import { generateKeyPairSync } from "node:crypto";

import type { UnlockPolicy } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { requireOk } from "../harness/nodes.ts";
import { callOrder } from "../harness/order-actions.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { tryRotation } from "./harness/campaigns.ts";
import { runsBrowser } from "./harness/engines.ts";
import type { Person } from "./harness/open-browser.ts";
import { pageName, readPortalRoutes, routePath } from "./harness/portal-routes.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import { readTexts } from "./harness/untranslated.ts";
import type { Visit } from "./harness/visit.ts";

const JOBS = "Microsoft.DataBox/jobs";
const ORDER = "/orders/$subscriptionId/$resourceGroup/$jobName";
/** The app role that operators' pages need. */
const OPERATOR = "DataBox.Operator";

type PageRow = {
  /** A person needs it to see the page; without it, the page says so once. */
  readonly needs: string;
  /** It explains the order's kill switch. */
  readonly tellsCause?: true;
  /** Words by which the page says that a person may look, and why there is nothing to press. */
  readonly explains?: { readonly without: string; readonly by: string };
  /** Commands that change or reveal something: names → the action that each one needs. */
  readonly commands?: Readonly<Record<string, string>>;
};
const READ = `${JOBS}/read`;
const OPERATE = "operate";
const readOnly = (without: string) => ({
  without,
  by: "You can view this page, but not change it",
});
const mayNotCreate = { without: `${JOBS}/write`, by: "Your roles do not allow you to create" };
/** They sort a list of orders. */
const HEADERS =
  "Name|Customer|Stage|Encryption type|Key health|Lock state|Resource group|Location|Ordered";
const LIST = { needs: READ, commands: { Create: "opens /create", [HEADERS]: READ } };
const CREATE = {
  needs: "nothing",
  explains: mayNotCreate,
  commands: { "Create new resource group": "nothing", "Review \\+ order": "nothing" },
};
const KILL_SWITCHES = {
  "Revoke an order": OPERATE,
  "Revoke a subscription": OPERATE,
  "Revoke the fleet": OPERATE,
};

/** Every page that the portal's router knows. A page without a row fails the first test. */
const PAGES: Readonly<Record<string, PageRow>> = {
  "/": { needs: "nothing" },
  "/orders": LIST,
  "/create": CREATE,
  "/approvals": { needs: READ, commands: { "Approve|Reject": `${JOBS}/approvals/approve/action` } },
  "/notifications": { needs: "nothing" },
  "/troubleshooter": { needs: "nothing" },
  [ORDER]: {
    needs: READ,
    tellsCause: true,
    commands: {
      Clone: "opens /clone",
      "JSON view": READ,
      "Cancel order": `${JOBS}/cancel/action`,
      Delete: `${JOBS}/delete`,
      "Restore access": `${JOBS}/restoreAccess/action`,
    },
  },
  [`${ORDER}/clone`]: { ...CREATE, needs: READ },
  [`${ORDER}/activity`]: {
    needs: READ,
    commands: {
      "Export|Save for an auditor": `${JOBS}/activity/read`,
      "Details of row .*": `${JOBS}/activity/read`,
    },
  },
  [`${ORDER}/device-details`]: {
    needs: READ,
    explains: {
      without: `${JOBS}/listCredentials/action`,
      by: "Your roles do not allow you to see the unlock key",
    },
    commands: { "Show unlock key": `${JOBS}/listCredentials/action` },
  },
  [`${ORDER}/unlock`]: {
    needs: READ,
    explains: readOnly(`${JOBS}/offlineUnlocks/action`),
    commands: {
      "Scan with the camera|Open a file|Ask for the answer": `${JOBS}/offlineUnlocks/action`,
    },
  },
  [`${ORDER}/approvals`]: {
    needs: READ,
    commands: {
      "Approve|Reject": `${JOBS}/approvals/approve/action`,
      "Use emergency access": `${JOBS}/breakGlass/action`,
    },
  },
  [`${ORDER}/troubleshoot`]: {
    needs: READ,
    tellsCause: true,
    commands: { "Restore access": `${JOBS}/restoreAccess/action` },
  },
  [`${ORDER}/encryption`]: {
    needs: READ,
    explains: readOnly(`${JOBS}/write`),
    commands: {
      "Select a different key vault and key|Check again|All checks|Save": `${JOBS}/write`,
      "Remove all identities": `${JOBS}/write`,
    },
  },
  [`${ORDER}/key-health`]: {
    needs: READ,
    commands: {
      "Check now": `${JOBS}/keyHealth/check/action`,
      "Revoke now": `${JOBS}/revoke/action`,
      "Restore access": `${JOBS}/restoreAccess/action`,
      "Start a drill": `${JOBS}/revocationDrill/action`,
    },
  },
  [`${ORDER}/unlock-policy`]: {
    needs: READ,
    explains: readOnly(`${JOBS}/unlockPolicy/write`),
    commands: {
      "Add a window|Increment value|Decrement value|Save": `${JOBS}/unlockPolicy/write`,
      "Save the limit": `${JOBS}/unlockBudget/write`,
    },
  },
  [`${ORDER}/backup-keys`]: {
    needs: READ,
    commands: {
      "Add a backup key": `${JOBS}/backupKeys/write`,
      Remove: `${JOBS}/backupKeys/delete`,
    },
  },
  [`${ORDER}/contact`]: {
    needs: READ,
    explains: readOnly(`${JOBS}/write`),
    commands: { Save: `${JOBS}/write` },
  },
  [`${ORDER}/operations`]: {
    needs: OPERATE,
    tellsCause: true,
    commands: {
      "Prepare|Check and dispatch|Mark delivered|Mark picked up|Mark received": OPERATE,
      "Start the copy|Complete|End as failed|Erase|Replace device: .*": OPERATE,
      "Revoke this order|Revoke node .*|Turn off: .*": OPERATE,
    },
  },
  "/operator/orders": { needs: OPERATE, commands: { [HEADERS]: OPERATE } },
  "/operator/fleet": { needs: OPERATE, commands: KILL_SWITCHES },
  "/operator/campaigns": { needs: OPERATE, commands: { "Start a campaign": OPERATE } },
  "/operator/campaigns/start": { needs: OPERATE, commands: { "Start the dry run": OPERATE } },
  "/operator/campaigns/$campaignId": {
    needs: OPERATE,
    commands: { "Start for real|Pause|Resume|Cancel campaign": OPERATE },
  },
  "/operator/organizations": {
    needs: OPERATE,
    commands: { "Connect an organization": OPERATE },
  },
  "/operator/health": { needs: OPERATE },
};
/** An approval of each unlock and each loosening, and emergency access. */
const POLICY = {
  outageGrace: "P1D",
  leaseTtlSeconds: 60,
  offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required: 1, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: true,
  },
} satisfies UnlockPolicy;
/** Commands that only move, read again or copy: every role may have them. */
const HARMLESS =
  /^(?:Refresh|Load again|Try again|Clear filters|Export to CSV|Views|Columns|clear|Copy .*|(?:Previous|Next)(?: page|: .*)?)$/;
const PLACEHOLDER = /<\w+>|\{\w+\}|\$\{|\bundefined\b|\bNaN\b|\[object /;
/** In which a busy machine shows what it has. */
const PATIENCE_MS = 300_000;
/** A finding that does not change for so long is one; a busy machine draws a page in a tenth. */
const SETTLED_MS = 60_000;
/** Heads the explanation of an error. */
const EXPLANATION = "Who must act";
const NOT_FOR_ME = "This page is for operators of the service";

const PEOPLE = [
  "ada@contoso.example",
  "ren@contoso.example",
  "grace@contoso.example",
  "opal@databox.example",
] as const satisfies readonly Person[];

describe.runIf(runsBrowser)("every page of the portal", () => {
  let portal: PortalWorld;
  let parameters: Readonly<Record<string, string>>;

  beforeAll(async () => {
    portal = await openPortalWorld("roles");
    const { world } = portal;
    const order = await placeOrder(world, "atlas");
    const appliance = await prepareAppliance(world, order, ["DBX-0001"]);
    await takeOwnKey(world, order, "contosoroles");
    await shipAppliance(world, order, appliance);
    const node = appliance.node("DBX-0001");
    requireOk(await node.agent(["lock"]));
    const { subscriptionId, resourceGroup } = world.stack.description;
    parameters = {
      subscriptionId,
      resourceGroup,
      jobName: order.name,
      campaignId: await tryRotation(world),
    };
    await callOrder(world, order, "PUT", "backupKeys/offline", {
      kind: "RecoveryKey",
      publicKey: generateKeyPairSync("rsa", { modulusLength: 3072 }).publicKey.export({
        format: "pem",
        type: "spki",
      }),
    });
    await callOrder(world, order, "POST", "revoke", { reason: "to be seen" });
    await callOrder(world, order, "PUT", "unlockPolicy", POLICY);
    const loosened = { ...POLICY, release: { ...POLICY.release, breakGlass: false } };
    await expect(
      callOrder(world, order, "PUT", "unlockPolicy", { ...loosened, leaseTtlSeconds: 3600 }),
    ).rejects.toThrow("ChangeNeedsApproval");
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  test("has a row in the table of this test", async () => {
    const visit = await portal.browser.signIn("ada@contoso.example");
    expect([...(await readPortalRoutes(visit.page))].toSorted()).toEqual(
      Object.keys(PAGES).toSorted(),
    );
    await visit.close();
  });

  test.each(PEOPLE)(
    "offers %s the commands that their roles allow and no others, no error that they did not ask for, and whole sentences",
    async (person) => {
      const visit = await portal.browser.signIn(person);
      const allowed = await readAllowed(visit, parameters);
      const findings: string[] = [];
      for (const [route, row] of Object.entries(PAGES)) {
        const path = routePath(route, parameters);
        await visit.follow(path);
        let found: readonly string[] = [];
        let since = performance.now();
        const isSettled = async () => {
          const before = found.join();
          found = await judge(visit, row, allowed);
          if (found.join() !== before) since = performance.now();
          return found.length === 0 || performance.now() - since > SETTLED_MS;
        };
        await vi
          .waitUntil(isSettled, { timeout: PATIENCE_MS, interval: 100 })
          .catch(() => undefined);
        findings.push(...found.map((each) => `${route}: ${each}`));
        await visit.picture(`${person.split("@", 1)[0] ?? ""}-${pageName(path)}`);
      }
      expect(findings).toEqual([]);
      await visit.close();
    },
  );
});

/** Differences between an open page and its row, for a person who may do this. */
async function judge(
  visit: Visit,
  { needs, tellsCause, explains, commands = {} }: PageRow,
  allowed: ReadonlySet<string>,
): Promise<readonly string[]> {
  await visit.settled();
  const offered = await readCommands(visit);
  const texts = await readTexts(visit.page);
  const findings: string[] = [];
  const maySee = allowed.has(needs);
  const rules = Object.entries(commands).map(([names, action]) => ({
    names,
    pattern: new RegExp(`^(?:${names})$`),
    isAllowed: action.startsWith("opens ") || (maySee && allowed.has(action)),
    isShown: maySee && allowed.has(action),
  }));
  for (const { name, isEnabled } of offered) {
    const rule = rules.find(({ pattern }) => pattern.test(name));
    if (rule === undefined && !HARMLESS.test(name)) findings.push(`${name} is not in the table`);
    if (rule?.isAllowed === false && isEnabled) findings.push(`${name} is offered`);
  }
  for (const { names, pattern, isShown } of rules)
    if (isShown && !offered.some(({ name }) => pattern.test(name)))
      findings.push(`${names} is missing`);
  const isForOthers = needs === OPERATE && !maySee;
  const errors = texts.filter((text) => text.includes(EXPLANATION)).length;
  const isTold = maySee ? tellsCause : !isForOthers;
  if (errors !== (isTold ? 1 : 0)) findings.push(`${String(errors)} errors`);
  if (texts.includes(NOT_FOR_ME) !== isForOthers) findings.push("says for whom it is, or does not");
  if (explains !== undefined && maySee) {
    const says = texts.some((text) => text.includes(explains.by));
    if (says === allowed.has(explains.without))
      findings.push(`${says ? "says" : "does not say"}: ${explains.by}`);
  }
  for (const text of texts) if (PLACEHOLDER.test(text)) findings.push(`raw placeholder: ${text}`);
  return findings;
}

/** The actions that the broker would allow, and whether it takes the person for an operator. */
async function readAllowed(
  { page }: Visit,
  { subscriptionId = "", resourceGroup = "", jobName = "" }: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  const order = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${JOBS}/${jobName}`;
  const answers = await page.evaluate(
    async (paths) => Promise.all(paths.map(async (path) => (await fetch(path)).json())),
    [`/portal/api/permissions${order}`, "/portal/api/session"],
  );
  const [{ actions }, { roles }] = answers;
  return new Set([...actions, "nothing", ...(roles.includes(OPERATOR) ? [OPERATE] : [])]);
}

async function readCommands({ page }: Visit) {
  const buttons = page.locator("main").getByRole("button");
  return buttons.evaluateAll((elements) =>
    elements.map((element) => ({
      name: element.getAttribute("aria-label") ?? element.textContent.trim(),
      isEnabled: !element.matches(':disabled, [aria-disabled="true"]'),
    })),
  );
}
