import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { CustomerKey, StoryOrder } from "@databox-cmk/local-stack";
import { approvalList, type OfflineUnlockResult, type UnlockPolicy } from "@databox-cmk/protocol";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { requireOk } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { approveWaiting, callOrder, callOrderAs } from "../harness/order-actions.ts";
import { readPasskeys } from "../harness/passkeys.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { button } from "./harness/controls.ts";
import { chromiumWith, runsBrowser } from "./harness/engines.ts";
import { filmCode } from "./harness/film-code.ts";
import { lockState, region, typePasskey, waitForLock } from "./harness/node-page.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";

const SERIALS = ["DBH-UI-A", "DBH-UI-B"] as const;

/** A code on a screen, as a picture of it. */
async function photograph(page: Page, name: string) {
  const buffer = await page.getByRole("img", { name }).screenshot();
  return { name: "photograph.png", mimeType: "image/png", buffer };
}

const policyOf = (required: number): UnlockPolicy => ({
  outageGrace: "P1D",
  leaseTtlSeconds: 60,
  offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
});

describe.runIf(runsBrowser)("the page of a node", () => {
  let world: World;
  let browser: StackBrowser;
  let order: StoryOrder;
  let key: CustomerKey;
  let nodes: readonly [EmulatedNode, EmulatedNode];
  let urls: readonly [string, string];
  let passkey: string;

  /** Lifting the rule needs the approval that it requires, by another person. */
  async function endApprovals(): Promise<void> {
    const person = "Security administrator";
    const lift = () => callOrderAs(person, world, order, "PUT", "unlockPolicy", policyOf(0));
    await expect(lift()).rejects.toThrow("ChangeNeedsApproval");
    await approveWaiting(world, order);
    await lift();
  }

  beforeAll(async () => {
    world = await openWorld();
    order = await placeOrder(world, "atlas", "DataBoxHeavy");
    const appliance = await prepareAppliance(world, order, SERIALS);
    key = await takeOwnKey(world, order, "contosoatlas");
    await shipAppliance(world, order, appliance);
    nodes = [appliance.node(SERIALS[0]), appliance.node(SERIALS[1])];
    const services = [await nodes[0].serve(), await nodes[1].serve()] as const;
    urls = [services[0].uiUrl, services[1].uiUrl];
    const { customer, stack } = world.customerContext;
    passkey = (await readPasskeys(customer, stack.resourceGroup, order.name)).get(SERIALS[0]) ?? "";
    browser = await openBrowser(world.stack.description, "local-ui", urls);
  });
  afterEach(async () => {
    for (const node of nodes) requireOk(await node.agent(["lock"]));
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    for (const node of nodes) await node.powerOff();
    await world[Symbol.asyncDispose]();
  });

  test("names its node, unlocks it by network in visible steps, and accepts its passkey", async () => {
    const visit = await browser.openNode(urls[0]);
    const { page } = visit;
    expect(await region(page, "This node").textContent()).toContain(SERIALS[0]);
    await waitForLock(page, "Locked");
    await visit.picture("sign-in-locked");
    await button(page, "Unlock by network").click();
    await page.getByText("Unlocking by network: done").waitFor();
    for (const step of ["Ask the broker", "Open the volume with the key"])
      await page.getByRole("listitem").filter({ hasText: step }).getByLabel("done").waitFor();
    await waitForLock(page, "Unlocked");
    expect(await lockState(page).textContent()).toMatch(/23:5\d:\d\d|24:00:00/);
    await visit.picture("sign-in-unlocked");
    await typePasskey(page, passkey);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Someone signed in here").waitFor();
    await visit.picture("overview-unlocked");
    await page.context().close();
  });

  test("signing in unlocks too, as at a Data Box; each node of a Heavy has its own page and its own session", async () => {
    const visit = await browser.openNode(urls[0]);
    const { page } = visit;
    await typePasskey(page, passkey);
    await waitForLock(page, "Unlocked");
    await region(page, "Unlocking by passkey: done").waitFor();

    const other = await page.context().newPage();
    await other.goto(urls[1]);
    expect(await region(other, "This node").textContent()).toContain(SERIALS[1]);
    await waitForLock(other, "Locked");
    await typePasskey(other, passkey);
    await waitForLock(other, "Unlocked");
    await other.reload();
    await other.getByRole("heading", { name: "Overview" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.context().close();
  });

  test("a disabled key is explained, with the role that must act and commands to copy", async () => {
    await key.setEnabled(false);
    const visit = await browser.openNode(urls[0]);
    const { page } = visit;
    await button(page, "Unlock by network").click();
    const failed = region(page, "Unlocking by network: failed");
    await failed.getByText("The key is disabled").waitFor();
    const words = await failed.textContent();
    for (const part of [
      "SsemUserErrorEncryptionKeyDisabled",
      "Who must act: Security administrator",
      `--vault-name contosoatlas`,
    ])
      expect(words).toContain(part);
    await failed.getByRole("listitem").getByLabel("failed").waitFor();
    expect(await failed.getByRole("button", { name: /^Copy az keyvault/ }).count()).toBe(1);
    await visit.picture("refused");
    expect(await visit.violations()).toEqual([]);
    await key.setEnabled(true);
    await button(page, "Unlock by network").click();
    await waitForLock(page, "Unlocked");
    await page.context().close();
  });

  test("an unlock that needs an approval waits on the page, and opens once it is given", async () => {
    await callOrder(world, order, "PUT", "unlockPolicy", policyOf(1));
    onTestFinished(async () => {
      await endApprovals();
    });
    const visit = await browser.openNode(urls[0]);
    const { page } = visit;
    await page.getByRole("textbox", { name: "Reason" }).fill("restore for project 7");
    await button(page, "Unlock by network").click();
    const waiting = region(page, "Waiting for approval");
    await waiting.getByText("0 of 1").waitFor();
    await region(page, "Unlocking by network: waiting for approval").waitFor();
    await visit.picture("sign-in-waiting");
    expect(await visit.violations()).toEqual([]);
    const { body } = await callOrder(world, order, "GET", "approvals");
    const [asked] = approvalList.parse(body).value;
    expect(asked).toMatchObject({ reason: "restore for project 7", serial: SERIALS[0] });
    const reason = { reason: "spoken to the site" };
    const approval = `approvals/${asked?.id ?? "none"}/approve`;
    await callOrderAs("Approver", world, order, "POST", approval, reason);
    await waitForLock(page, "Unlocked");
    await waiting.waitFor({ state: "hidden" });
    await page.context().close();
  });

  // Evidence: Challenges.
  test("without a network the code on the node's page is photographed for the portal, and the portal's for the node", async () => {
    const sharp = { deviceScaleFactor: 2 };
    const visit = await browser.openNode(urls[0], sharp);
    const { page } = visit;
    await page.getByRole("tab", { name: "QR code" }).click();
    await button(page, "Show the challenge").click();
    const challenge = await photograph(page, "QR code of the challenge");
    await visit.picture("challenge");
    expect(await visit.violations()).toEqual([]);

    const { subscriptionId, resourceGroup } = world.stack.description;
    const path = `/orders/${subscriptionId}/${resourceGroup}/${order.name}/unlock`;
    const portal = await browser.signIn("ada@contoso.example", path, sharp);
    await portal.page.locator('input[type="file"]').setInputFiles(challenge);
    await portal.page.getByText(SERIALS[0]).first().waitFor();
    await button(portal.page, "Ask for the answer").click();
    const answer = await photograph(portal.page, "QR code of the answer");
    await portal.close();

    await page.locator('input[type="file"]').setInputFiles(answer);
    await button(page, "Unlock with this answer").click();
    await waitForLock(page, "Unlocked");
    expect(await lockState(page).textContent()).toContain("An answer from the portal");
    await visit.close();
  });

  // Evidence: Challenges.
  test("the challenge's file and text equal its code", async () => {
    const { page } = await browser.openNode(urls[0]);
    await page.getByRole("tab", { name: "QR code" }).click();
    await button(page, "Show the challenge").click();
    const text = await page.getByRole("textbox", { name: "Challenge as text" }).inputValue();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "Save as file").click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${SERIALS[0]}-challenge.txt`);
    expect(await readFile(await download.path(), "utf8")).toBe(text);
    await page
      .locator('input[type="file"]')
      .setInputFiles(await photograph(page, "QR code of the challenge"));
    await expect.poll(() => page.getByLabel("Answer of the portal").inputValue()).toBe(text);
    await page.context().close();
  });

  test("the node's own camera reads a passkey, and the answer", async () => {
    const [node] = nodes;
    const challenged = requireOk(await node.agent(["challenge"]));
    const { text: challenge } = challenged["carried"] as { text: string };
    const { text } = await callOrder(world, order, "POST", "offlineUnlocks", { challenge });
    const { answer }: OfflineUnlockResult = JSON.parse(text);
    const film = filmCode(answer, join(world.folder, "answer.y4m"));
    await using filmed = await openBrowser(
      world.stack.description,
      "local-ui",
      urls,
      chromiumWith(...film),
    );
    const visit = await filmed.openNode(urls[0]);
    const { page } = visit;
    await page.getByRole("tab", { name: "Passkey" }).click();
    await button(page, "Scan with the camera").click();
    const passkeyField = page.getByRole("textbox", { name: "Passkey" });
    await expect.poll(() => passkeyField.inputValue()).toBe(answer);
    await page.locator("video").waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "QR code" }).click();
    await button(page, "Scan with the camera").click();
    await expect.poll(() => page.getByLabel("Answer of the portal").inputValue()).toBe(answer);
    await button(page, "Unlock with this answer").click();
    await waitForLock(page, "Unlocked");
    expect(filmed.problems()).toEqual([]);
  });

  test("without a camera the page names the other ways", async () => {
    const { page } = await browser.openNode(urls[0]);
    await page.getByRole("tab", { name: "QR code" }).click();
    await button(page, "Scan with the camera").click();
    await page.getByText("The camera cannot be used").waitFor();
    await page.locator("video").waitFor({ state: "detached" });
    expect(await page.getByLabel("Answer of the portal").inputValue()).toBe("");
    await page.context().close();
  });

  test("a text that is not an answer is refused with its reason", async () => {
    const visit = await browser.openNode(urls[1]);
    const { page } = visit;
    await page.getByRole("tab", { name: "QR code" }).click();
    await button(page, "Show the challenge").click();
    await page.getByRole("img", { name: "QR code of the challenge" }).waitFor();
    await page.getByLabel("Answer of the portal").fill("not.an.answer");
    await button(page, "Unlock with this answer").click();
    const failed = region(page, "Unlocking with the carried answer: failed");
    expect(await failed.textContent()).toContain("this is not an answer");
    await waitForLock(page, "Locked");
    await page.context().close();
  });

  test("locks, and prepares to ship after asking, and says so", async () => {
    const visit = await browser.openNode(urls[0]);
    const { page } = visit;
    await typePasskey(page, passkey);
    await waitForLock(page, "Unlocked");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    // A double click that React has not seen begin.
    await button(page, "Lock").evaluate((lock: HTMLElement) => {
      lock.click();
      lock.click();
    });
    await waitForLock(page, "Locked");
    expect(asked.filter((path) => path === "/api/lock")).toHaveLength(1);
    await button(page, "Prepare to ship").click();
    const dialog = page.getByRole("alertdialog");
    await button(page, "Cancel").click();
    await dialog.waitFor({ state: "hidden" });
    await button(page, "Prepare to ship").click();
    await visit.picture("prepare-to-ship-asks");
    await button(page, "Lock and prepare").click();
    await lockState(page).getByText("Locked, ready to ship").waitFor();
    expect(requireOk(await nodes[0].agent(["status"]))).toMatchObject({ outcome: "locked" });
    await visit.picture("ready-to-ship");
    await page.context().close();
  });

  test("five wrong passkeys begin a wait that counts down; the network stays a way in", async () => {
    const tablet = { width: 1024, height: 740 };
    const visit = await browser.openNode(urls[1], { viewport: tablet });
    const { page } = visit;
    for (const left of [
      "4 tries left",
      "3 tries left",
      "2 tries left",
      "1 try left, then a wait of 15 minutes",
    ]) {
      await typePasskey(page, "Wrong-Passkey-2345!");
      await page.getByText(left, { exact: true }).waitFor();
    }
    const explained = page.getByText("PasskeyRejected").first();
    await explained.waitFor();
    await expect
      .poll(async () => {
        const box = await explained.boundingBox();
        return box !== null && box.y >= 0 && box.y + box.height <= tablet.height;
      })
      .toBe(true);
    await page.getByRole("tabpanel").getByText("The passkey is wrong").waitFor();
    await visit.picture("passkey-wrong");
    await typePasskey(page, "Wrong-Passkey-2345!");
    await page.getByText("Too many wrong passkeys").waitFor();
    const told = page.getByText(/Try again in 1\d:\d\d/);
    const first = await told.textContent();
    await expect.poll(() => told.textContent()).not.toBe(first);
    expect(await page.getByRole("textbox", { name: "Passkey" }).isDisabled()).toBe(true);
    await visit.picture("passkey-wait");
    expect(await visit.violations()).toEqual([]);
    // The step of the failure has a button instead of a command to type.
    await button(page, "Unlock now").first().click();
    await waitForLock(page, "Unlocked");
    await page.context().close();
  });

  test("no page broke a rule that holds for all pages", () => {
    expect(browser.problems()).toEqual([]);
  });
});
