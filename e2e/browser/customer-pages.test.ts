import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { CustomerKey, StoryOrder } from "@databox-cmk/local-stack";
import type { Locator, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";

import { runShell, shellBlocks } from "../harness/documented-shell.ts";
import { requireOk } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { approveWaiting, callOrder, callOrderAs } from "../harness/order-actions.ts";
import { runBrokerCommand } from "../harness/run-broker-command.ts";
import { runDaemon } from "../harness/run-daemon.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { takeAppearance, takeWidth } from "./harness/appearances.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";
import type { Visit } from "./harness/visit.ts";

const VERIFIER = fileURLToPath(
  new URL("../../apps/cloud-broker/src/run/verifier/main.ts", import.meta.url),
);
const ORDER = "borealis";
const SERIAL = "DBX-0007";
const approvalIds = z.looseObject({ value: z.array(z.looseObject({ id: z.string() })) });

describe.runIf(runsBrowser)("the pages of an order in the field", () => {
  let world: World;
  let browser: StackBrowser;
  let order: StoryOrder;
  let node: EmulatedNode;
  let key: CustomerKey;
  let visit: Visit;

  beforeAll(async () => {
    world = await openWorld();
    order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, [SERIAL]);
    key = await takeOwnKey(world, order, "contosoboreal");
    await shipAppliance(world, order, appliance);
    node = appliance.node(SERIAL);
    browser = await openBrowser(world.stack.description, "customer-pages");
    visit = await browser.signIn("ada@contoso.example");
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  const open = (page: string) => {
    const { subscriptionId, resourceGroup } = world.stack.description;
    return visit.goTo(`/orders/${subscriptionId}/${resourceGroup}/${ORDER}/${page}`);
  };
  const button = (name: string | RegExp) => visit.page.getByRole("button", { name });
  const confirmLoudly = async (reason: string, confirm: string) => {
    const dialog = visit.page.getByRole("alertdialog");
    await dialog.getByLabel("Reason").fill(reason);
    await dialog.getByLabel(`Type ${ORDER} to confirm`).fill(ORDER);
    await dialog.getByRole("button", { name: confirm }).click();
  };

  /** The order's policy asks for an approval of each change that loosens its protection. */
  const approved = async (save: Locator) => {
    await save.click();
    await visit.page.getByText("The change waits for an approval").first().waitFor();
    await approveWaiting(world, order);
    await save.click();
  };

  // Evidence: Exported activity.
  test("a refused unlock is explained in the activity, whose export verifies", async () => {
    await key.setEnabled(false);
    expect((await node.agent(["unlock"])).exitCode).not.toBe(0);
    await open("activity?outcome=refused");
    await button(/Unlock$/)
      .first()
      .click();
    await visit.page.getByText("--enabled true").waitFor();
    expect(await look(visit, "activity-refused")).toEqual([]);
    const downloading = visit.page.waitForEvent("download");
    await button("Export").click();
    await visit.page.getByRole("menuitem", { name: /JSON lines/ }).click();
    const file = await (await downloading).path();
    expect(readFileSync(file, "utf8")).toContain("SsemUserErrorEncryptionKeyDisabled");
    expect(await runBrokerCommand(world, "audit", "verify", "--export", file)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ok/),
    });
    const saving = visit.page.waitForEvent("download");
    await button("Save for an auditor").click();
    const archive = await saving;
    expect(archive.suggestedFilename()).toBe(`${ORDER}-evidence.zip`);
    const { stdout } = await promisify(execFile)(process.execPath, [
      VERIFIER,
      await archive.path(),
      "--allow-gaps",
    ]);
    expect(stdout).toMatch(/^ok .*^signed end: row \d+ at /ms);
  });

  test("the troubleshooter shows the present failures, and everything about their codes", async () => {
    await open("troubleshoot");
    await visit.page.getByText("In the way of an unlock").waitFor();
    await visit.page.getByText("Who must act: Security administrator").waitFor();
    expect(await visit.page.getByText("<keyName>").count()).toBe(0);
    // The same cause is not told twice.
    expect(await visit.page.getByText(`The last unlock of node ${SERIAL} failed`).count()).toBe(0);
    expect(await look(visit, "troubleshoot")).toEqual([]);
    await visit.page.getByRole("link", { name: "More on this code" }).last().click();
    await visit.page.getByRole("article").waitFor();
    expect(await look(visit, "troubleshooter-article")).toEqual([]);
    await visit.page.getByRole("searchbox").fill("purge protection");
    await visit.page.getByText(/^\d+ codes?$/).waitFor();
    await visit.picture("troubleshooter-search");
    await key.setEnabled(true);
  });

  test("a drill measures how fast an open node answers", async () => {
    requireOk(await node.agent(["unlock"]));
    await using daemon = await runDaemon(node);
    await daemon.event(({ outcome }) => outcome === "serving");
    await open("key-health");
    await button("Start a drill").click();
    await visit.page.getByText("1 of 1 answered.").first().waitFor();
    expect(await look(visit, "drill")).toEqual([]);
    requireOk(await node.agent(["lock"]));
  });

  test("the picture of a challenge is read, and its answer opens the node", async () => {
    const picture = join(world.folder, "challenge.svg");
    requireOk(await node.agent(["challenge", "--out", picture]));
    await open("unlock");
    await visit.page.getByLabel("Open a file").setInputFiles(picture);
    await visit.page.getByText(SERIAL).first().waitFor();
    await button("Ask for the answer").click();
    const answer = await answerOf(visit);
    expect(await look(visit, "unlock-answer")).toEqual([]);
    requireOk(await node.agent(["respond"], answer));
  });

  test("a file that cannot be read, and a text that cannot be copied, are told", async () => {
    const { page } = visit;
    await open("unlock");
    await page.evaluate(() => {
      File.prototype.text = () => Promise.reject(new DOMException("gone", "NotReadableError"));
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("", "NotAllowedError"));
    });
    const file = { name: "challenge.txt", mimeType: "text/plain", buffer: Buffer.from("a.b.c") };
    await page.getByLabel("Open a file").setInputFiles(file);
    await page.getByText("No message was found in this file").waitFor();
    const menu = page.getByRole("navigation", { name: "Menu of this order" });
    await menu.getByRole("link", { name: "Overview", exact: true }).click();
    // It is shown for two seconds only.
    const told = page.evaluate(
      () =>
        new Promise((resolve) => {
          new MutationObserver(() => {
            if (document.querySelector('[aria-label^="Not copied"]') !== null) resolve(true);
          }).observe(document.body, { subtree: true, attributes: true });
        }),
    );
    await page.getByRole("button", { name: "Copy Resource ID" }).first().click();
    expect(await told).toBe(true);
  });

  test("an offline challenge waits for the approval that the policy requires, and the page follows it", async () => {
    await open("unlock-policy");
    const required = visit.page.getByRole("spinbutton", { name: "People who must approve" });
    await required.fill("1");
    await required.blur();
    await visit.page.getByRole("switch", { name: /emergency access/ }).check();
    const approvers = visit.page.getByRole("combobox", { name: "Approvers" });
    await approvers.pressSequentially("gra");
    await visit.page.getByRole("option", { name: /^Grace Hopper/ }).click();
    const chosen = visit.page
      .getByRole("listbox", { name: "Approvers" })
      .getByRole("option", { name: "Grace Hopper" });
    await chosen.waitFor();
    await approvers.press("Escape");
    await visit.page.getByText("Type the beginning of a name").waitFor({ state: "hidden" });
    expect(await look(visit, "approvers")).toEqual([]);
    await approvers.press("Backspace");
    await chosen.press("Delete");
    await chosen.waitFor({ state: "hidden" });
    await visit.picture("policy");
    await button(/^Save$/).click();
    await visit.page.getByText(/^Saved/).waitFor();
    await node.agent(["lock"]);
    await open("unlock");
    await visit.page.getByLabel("Challenge of the appliance").fill(await challengeOf(node));
    await visit.page.getByLabel("Reason").fill("restore for project 7");
    await button("Ask for the answer").click();
    await visit.page.getByText("Waiting for approval").waitFor();
    await visit.page.getByText("restore for project 7").first().waitFor();
    expect(await look(visit, "unlock-pending")).toEqual([]);
    await visit.page.route("**/offlineUnlocks?*", (route) =>
      route.request().method() === "POST"
        ? route.fulfill({ status: 404, body: "a gateway" })
        : route.continue(),
    );
    await visit.page.getByText("PortalUnreachable · foreign-answer").waitFor();
    await visit.page.getByText("Waiting for approval").waitFor();
    expect(await look(visit, "unlock-pending-lost")).toEqual([]);
    await visit.page.unroute("**/offlineUnlocks?*");
    await visit.page.getByText("PortalUnreachable · foreign-answer").waitFor({ state: "hidden" });
    const { text } = await callOrder(world, order, "GET", "approvals");
    const [waiting] = approvalIds.parse(JSON.parse(text)).value;
    const decision = { reason: "known maintenance" };
    const approval = `approvals/${waiting?.id ?? ""}/approve`;
    await callOrderAs("Approver", world, order, "POST", approval, decision);
    requireOk(await node.agent(["respond"], await answerOf(visit)));
  });

  const budget = async () => (await callOrder(world, order, "GET", "unlockBudget")).body;

  test("a daily limit of unlocks is set, and removed again", async () => {
    await open("unlock-policy");
    const rules = visit.page.getByRole("region", { name: "Rights to change the rules" });
    expect(await rules.textContent()).toMatch(
      /Override the policyMoves the decision: an Owner only\. Owner(?:, you)?/,
    );
    const limit = visit.page.getByRole("switch", { name: "Limit unlocks per day" });
    await limit.check();
    const most = visit.page.getByRole("spinbutton", { name: "Maximum unlocks per day" });
    await most.fill("77");
    await most.blur();
    await button("Save the limit").click();
    await expect.poll(budget).toMatchObject({ unlocksPerDay: 77 });
    await open("unlock-policy");
    expect(await most.inputValue()).toBe("77");
    expect(await look(visit, "unlock-budget")).toEqual([]);
    await limit.uncheck();
    await approved(button("Save the limit"));
    await expect.poll(budget).not.toHaveProperty("unlocksPerDay");
  });

  const policy = async () => (await callOrder(world, order, "GET", "unlockPolicy")).body;

  test("reading an import gets conditions of its own, by keyboard, and those of the unlock again", async () => {
    await open("unlock-policy");
    const ingest = visit.page.getByRole("group", { name: "Copy at the datacenter" });
    const unfold = async () => {
      await visit.page.locator("summary", { hasText: "Copy at the datacenter" }).focus();
      await visit.page.keyboard.press("Enter");
      await ingest.waitFor();
    };
    const own = ingest.getByRole("switch", { name: "Use own conditions" });
    expect(await ingest.isVisible()).toBe(false);
    await unfold();
    await ingest.getByText("The conditions above apply. Unlocks need approval").waitFor();
    expect(await look(visit, "purpose-inherited")).toEqual([]);
    await own.press("Space");
    const networks = ingest.getByRole("textbox", { name: "Allowed networks" });
    await networks.fill("203.0.113.0/24\n0.0.0.0/0");
    await ingest.getByText("“0.0.0.0/0” covers all addresses").waitFor();
    expect(await button(/^Save$/).isDisabled()).toBe(true);
    await networks.fill("203.0.113.0/24\n2001:db8::/32");
    await ingest.getByRole("button", { name: "Add a window" }).press("Enter");
    await ingest.getByRole("group", { name: "Window 1" }).waitFor();
    await takeWidth(visit.page, "narrow");
    await takeAppearance(visit.page, "dark");
    expect(await look(visit, "purpose-narrow-dark")).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await takeAppearance(visit.page, "light");
    await takeWidth(visit.page, "usual");
    await button(/^Save$/).press("Enter");
    await expect.poll(policy).toMatchObject({
      release: { windows: [], approvals: { required: 1 } },
      purposes: {
        ingest: {
          networks: ["203.0.113.0/24", "2001:db8::/32"],
          windows: [{ from: "08:00", to: "18:00" }],
          approvals: { required: 1 },
        },
      },
    });
    await open("unlock-policy");
    await unfold();
    expect(await networks.inputValue()).toBe("203.0.113.0/24\n2001:db8::/32");
    await own.press("Space");
    await approved(button(/^Save$/));
    await expect.poll(policy).toHaveProperty("purposes", {});
  });

  test("my page of approvals lists the waiting request, and my approval releases it", async () => {
    await node.agent(["lock"]);
    const carried = { challenge: await challengeOf(node), reason: "second shift" };
    const submit = () =>
      callOrderAs("Security administrator", world, order, "POST", "offlineUnlocks", carried);
    await expect(submit()).rejects.toThrow("202");
    const approver = await browser.signIn("grace@contoso.example", "/approvals");
    await approver.page.getByText("second shift").waitFor();
    expect(await look(approver, "approval-waiting")).toEqual([]);
    await approver.page.getByRole("button", { name: "Main menu" }).click();
    const menu = approver.page.getByRole("dialog", { name: "Main menu" });
    await menu.getByRole("link", { name: /waiting.* 1$/i }).waitFor();
    expect(await look(approver, "menu")).toEqual([]);
    await approver.page.keyboard.press("Escape");
    await approver.page.getByRole("button", { name: "Approve" }).click();
    const dialog = approver.page.getByRole("alertdialog");
    await dialog.getByLabel("Your reason").fill("I spoke to them");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await approver.page.getByText("No approvals waiting").waitFor();
    await approver.close();
    expect((await submit()).status).toBe(200);
    await open("approvals");
    await visit.page.getByText(/account is disabled.+at most 24 hours/).waitFor();
    await visit.page.getByText("Released").first().waitFor();
    expect(await look(visit, "approval-released")).toEqual([]);
  });

  test("revoke now refuses the next unlock, and restored access grants it", async () => {
    await open("key-health");
    await button("Revoke now").click();
    expect(await look(visit, "revoke-now")).toEqual([]);
    await confirmLoudly("appliance lost", "Revoke now");
    await visit.page.getByText("This order is revoked").waitFor();
    expect(await look(visit, "revoked")).toEqual([]);
    await node.agent(["lock"]);
    expect((await node.agent(["unlock"])).events.at(-1)).toMatchObject({ outcome: "refused" });
    await approved(button("Restore access"));
    await visit.page.getByText("Nothing is revoked.").waitFor();
    await open("approvals");
    await button("Use emergency access").click();
    await confirmLoudly("restored after a false alarm", "Use emergency access");
    await visit.page.getByText("Emergency access is active").waitFor();
    await visit.picture("break-glass");
    requireOk(await node.agent(["unlock"]));
  });

  test("a recovery key that the browser makes is never sent, and opens an exported envelope by the documented commands", async () => {
    const passphrase = "a green meadow in May";
    await open("backup-keys");
    await button("Add a backup key").click();
    const panel = visit.page.getByRole("dialog");
    await panel.getByLabel("Name").fill("made-here");
    await panel.getByRole("radio", { name: "Offline recovery key" }).check();
    await panel.getByLabel(/^Passphrase/).fill(passphrase);
    await panel.getByLabel("Repeat the passphrase").fill(passphrase);
    const sent: string[] = [];
    const note = (request: Request) => {
      sent.push(`${request.url()} ${request.postData() ?? ""}`);
    };
    visit.page.on("request", note);
    const downloading = visit.page.waitForEvent("download");
    const downloads: string[] = [];
    visit.page.on("download", (each) => downloads.push(each.suggestedFilename()));
    // A double click that React has not seen begin: two files, and only one of them of use.
    await panel.getByRole("button", { name: "Make and download" }).evaluate((make: HTMLElement) => {
      make.click();
      make.click();
    });
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`recovery-${ORDER}.pem`);
    const pem = readFileSync(await download.path(), "utf8");
    const add = panel.getByRole("button", { name: "Add", exact: true });
    expect(await add.isDisabled()).toBe(true);
    await panel.getByRole("checkbox", { name: "I have the file" }).check();
    expect(await look(visit, "recovery-key-made")).toEqual([]);
    await approved(add);
    await visit.page.getByRole("group", { name: "made-here" }).waitFor();
    expect(downloads).toHaveLength(1);
    visit.page.off("request", note);
    expect(sent.filter((each) => each.includes("BEGIN PUBLIC KEY"))).not.toEqual([]);
    expect(sent.filter((each) => /PRIVATE|meadow/.test(each))).toEqual([]);
    for (const line of pem.split("\n").slice(1, -2)) expect(sent.join("\n")).not.toContain(line);

    const folder = join(world.folder, "recovery");
    mkdirSync(folder);
    writeFileSync(join(folder, "recovery.pem"), pem, { mode: 0o600 });
    // The policy withholds the export like the passkey, until a break-glass.
    const withheld = callOrder(world, order, "GET", "envelopes");
    await expect(withheld).rejects.toThrow("CredentialsWithheld");
    await callOrder(world, order, "POST", "breakGlass", { reason: "to try the recovery key" });
    const { text } = await callOrder(world, order, "GET", "envelopes");
    writeFileSync(join(folder, "envelopes.json"), text);
    const [recipe] = shellBlocks("customer/backup-keys.md", "Open with openssl");
    const passkey = runShell(folder, recipe, `${passphrase}\n`);
    await node.agent(["lock"]);
    requireOk(await node.agent(["passkey"], passkey));
  });

  // Evidence: Recovery keys in the portal.
  test("a recovery key is added from its public half; a private one is rejected and not sent", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 3072,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    await open("backup-keys");
    await button("Add a backup key").click();
    const panel = visit.page.getByRole("dialog");
    await panel.getByLabel("Name").fill("offline");
    await panel.getByRole("radio", { name: "Offline recovery key" }).check();
    await panel.getByRole("radio", { name: "Bring a public key" }).check();
    await panel.getByLabel("Open a file").setInputFiles({
      name: "photo.bin",
      mimeType: "application/octet-stream",
      buffer: Buffer.alloc(20_000),
    });
    await panel.getByText("This is not a public RSA key").waitFor();
    await panel.getByRole("textbox", { name: "Public key" }).fill(privateKey);
    await panel.getByText("This is a private key.").waitFor();
    expect(await panel.getByRole("button", { name: "Add", exact: true }).isDisabled()).toBe(true);
    await panel.getByRole("textbox", { name: "Public key" }).fill(publicKey);
    expect(await look(visit, "backup-key-panel")).toEqual([]);
    await approved(panel.getByRole("button", { name: "Add", exact: true }));
    await visit.page.getByRole("group", { name: "offline" }).waitFor();
    await visit.settled();
    expect(await look(visit, "backup-keys")).toEqual([]);
  });

  test("split custody is chosen once, and for good", async () => {
    await open("unlock-policy");
    const split = visit.page.getByRole("radio", { name: /^Split/ });
    const accept = visit.page.getByRole("checkbox", { name: /without a recovery key/ });
    await split.check();
    await accept.check();
    expect(await look(visit, "custody")).toEqual([]);
    await takeWidth(visit.page, "narrow");
    await takeAppearance(visit.page, "dark");
    expect(await look(visit, "custody-narrow-dark")).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await takeAppearance(visit.page, "light");
    await takeWidth(visit.page, "usual");
    await button(/^Save$/).click();
    // What cannot be undone asks first, and Escape changes nothing.
    const question = visit.page.getByRole("alertdialog", { name: /go back to escrow/ });
    expect(await question.textContent()).toContain("only a recovery key opens its data");
    await visit.page.keyboard.press("Escape");
    expect(await policy()).not.toMatchObject({ custody: { kind: "split" } });
    await button(/^Save$/).click();
    await question.getByRole("button", { name: "Use split custody" }).click();
    const custody = { kind: "split", acceptNoRecovery: true };
    await expect.poll(policy).toMatchObject({ custody });
    await open("unlock-policy");
    await expect
      .poll(() => visit.page.getByRole("radio", { name: /^Escrow/ }).isDisabled())
      .toBe(true);
    expect(await split.isChecked()).toBe(true);
    expect(await accept.isChecked()).toBe(true);
    // The node, which was prepared before, is in escrow until its next re-key.
    for (const page of ["device-details", "encryption"]) {
      await open(page);
      await visit.page
        .getByText(/service can open these nodes until their next re-key: \S/)
        .waitFor();
      expect(await look(visit, `custody-gap-${page}`)).toEqual([]);
    }
    // A page of the service makes no key that guards against the service.
    await open("backup-keys");
    await button("Add a backup key").click();
    const panel = visit.page.getByRole("dialog");
    await panel.getByRole("radio", { name: "Offline recovery key" }).check();
    await panel.getByText("that the service does not control").waitFor();
    await panel.getByRole("textbox", { name: "Public key" }).waitFor();
    expect(await panel.getByRole("button", { name: "Make and download" }).isVisible()).toBe(false);
    expect(await look(visit, "recovery-key-split")).toEqual([]);
    await visit.page.keyboard.press("Escape");
  });

  test.each([
    ["key-health", "Revoke now"],
    ["backup-keys", "Add a backup key"],
  ])("in a low window, the parts of a dialog of %s keep their height", async (section, opener) => {
    const { page } = visit;
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    await open(section);
    await button(opener).click();
    const dialog = page.locator('[role="dialog"], [role="alertdialog"]');
    await dialog.waitFor();
    await page.setViewportSize({ width: 320, height: 360 });
    await visit.picture(`low-${section}`);
    const squeezed = dialog.evaluate((each) =>
      [...each.querySelectorAll(".fui-MessageBar, .fui-Button")]
        .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)
        .map(({ textContent }) => textContent),
    );
    expect(await squeezed).toEqual([]);
    await page.setViewportSize({ width, height });
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  test("removing all identities says what it does, and a new one is a principal that needs its rights", async () => {
    await open("encryption");
    const principal = visit.page.getByText(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const former = await principal.textContent();
    await button("Remove all identities").click();
    const dialog = visit.page.getByRole("alertdialog", { name: /^Remove all identities/ });
    await dialog.getByText("Unlocks are refused, and open volumes close").waitFor();
    expect(await look(visit, "identity-remove")).toEqual([]);
    await dialog.getByRole("button", { name: "Remove" }).click();
    await visit.page.getByText("This order has no identity, so its key can't be used").waitFor();
    expect(await look(visit, "identity-none")).toEqual([]);
    await button("Enable the system-assigned identity").click();
    await visit.page.getByText("This is a new principal.").waitFor();
    expect(await principal.textContent()).not.toBe(former);
    expect(await look(visit, "identity-new")).toEqual([]);
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(browser.problems()).toEqual([]);
  });
});

/** A picture, and axe's findings. */
async function look(visit: Visit, name: string): Promise<readonly string[]> {
  await visit.picture(name);
  return visit.violations();
}

async function challengeOf(node: EmulatedNode): Promise<string> {
  const { carried } = requireOk(await node.agent(["challenge", "--new"]));
  if (typeof carried === "object" && carried !== null && "text" in carried)
    return String(carried.text);
  throw new Error("the agent made no challenge");
}

async function answerOf(visit: Visit): Promise<string> {
  const answer = visit.page.getByRole("textbox", { name: "Answer" });
  await answer.waitFor();
  await visit.settled();
  return answer.inputValue();
}
