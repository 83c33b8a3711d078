import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { StoryOrder } from "@databox-cmk/local-stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { unlockNode } from "../harness/nodes.ts";
import { readPasskeys } from "../harness/passkeys.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openBrowser } from "./harness/open-browser.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";

const ORDER = "titan";
const SERIALS = ["DBH-1-A", "DBH-1-B"] as const;

describe.runIf(runsBrowser)("a Data Box Heavy in the portal", () => {
  let portal: PortalWorld;
  let order: StoryOrder;
  let nodes: readonly [EmulatedNode, EmulatedNode];

  beforeAll(async () => {
    portal = await openPortalWorld("people");
    const { world } = portal;
    order = await placeOrder(world, ORDER, "DataBoxHeavy");
    const appliance = await prepareAppliance(world, order, SERIALS);
    nodes = [appliance.node(SERIALS[0]), appliance.node(SERIALS[1])];
    await takeOwnKey(world, order, "contosotitan");
    await shipAppliance(world, order, appliance);
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  test("has two nodes, each with a lock of its own, which the open page follows", async () => {
    const visit = await portal.browser.signIn("ada@contoso.example", portal.orderPath(ORDER));
    const lockOf = (serial: string) =>
      visit.page.getByRole("row", { name: serial }).getByRole("cell").nth(1).innerText();
    expect([await lockOf(SERIALS[0]), await lockOf(SERIALS[1])]).toEqual(["Locked", "Locked"]);
    await unlockNode(nodes[1]);
    await visit.page.getByRole("row", { name: SERIALS[1] }).getByText("Unlocked").waitFor();
    expect(await lockOf(SERIALS[0])).toBe("Locked");
    await visit.picture("heavy-one-unlocked");
    await visit.goTo("/orders");
    const row = visit.page.getByRole("row", { name: ORDER });
    expect(await row.getByText("Unlocked").filter({ visible: true }).count()).toBe(1);
    await visit.picture("heavy-in-the-list");
    await visit.close();
  });

  test("shows on the page of an open node whether the other one is open", async () => {
    const { uiUrl } = await nodes[0].serve();
    await unlockNode(nodes[0]);
    await using browser = await openBrowser(portal.world.stack.description, "people", [uiUrl]);
    const visit = await browser.openNode(uiUrl);
    await visit.page.getByText(`${SERIALS[1]}: Unlocked`).waitFor();
    await visit.picture("heavy-other-node");
    expect(await visit.violations()).toEqual([]);
    expect(browser.problems()).toEqual([]);
    await visit.close();
    await nodes[0].powerOff();
  });

  test("shows its unlock key at both nodes to its owner, and keeps it out of the page when it is hidden", async () => {
    const { customer, stack } = portal.world.customerContext;
    const passkeys = await readPasskeys(customer, stack.resourceGroup, ORDER);
    const key = passkeys.get(SERIALS[0]) ?? "";
    expect(key).toMatch(/^.{12,64}$/);
    const visit = await portal.browser.signIn(
      "ada@contoso.example",
      portal.orderPath(ORDER, "device-details"),
    );
    await button(visit.page, "Show unlock key").click();
    await visit.page.getByText(key).first().waitFor();
    expect(await visit.page.getByText(key).count()).toBe(2);
    await visit.picture("heavy-unlock-keys");
    await button(visit.page, "Hide").click();
    await button(visit.page, "Show unlock key").waitFor();
    expect(await visit.page.content()).not.toContain(key);
    await visit.close();
  });

  test("a reader sees the order, and why they may not see its unlock key", async () => {
    const visit = await portal.browser.signIn("ren@contoso.example", portal.orderPath(ORDER));
    await visit.page.getByText(SERIALS[0]).first().waitFor();
    await visit.goTo(portal.orderPath(ORDER, "device-details"));
    await visit.page.getByText("Your roles do not allow you to see the unlock key").waitFor();
    await visit.picture("reader-refused");
    expect(await button(visit.page, "Show unlock key").count()).toBe(0);
    expect(await visit.page.getByRole("timer").count()).toBe(0);
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  test("a reader cannot change the key: the page is read-only and says why, and the order stays as it is", async () => {
    const { customer, stack } = portal.world.customerContext;
    const keyOf = async () => {
      const { details } = await customer.dataBox.jobs.get(stack.resourceGroup, ORDER, {
        expand: "details",
      });
      return details?.keyEncryptionKey;
    };
    const before = await keyOf();
    const visit = await portal.browser.signIn(
      "ren@contoso.example",
      portal.orderPath(ORDER, "encryption"),
    );
    await visit.page.getByText("You can view this page, but not change it.").waitFor();
    await visit.picture("reader-may-not-save");
    expect(await button(visit.page, "Save").count()).toBe(0);
    expect(await visit.page.getByText("AuthorizationFailed").count()).toBe(0);
    expect(await visit.violations()).toEqual([]);
    expect(await keyOf()).toEqual(before);
    await visit.close();
  });

  test("a user of another tenant sees that there is no such order, or that they may not see it", async () => {
    const visit = await portal.browser.signIn(
      "ada@contoso.example",
      portal.orderPath("no-such-order"),
    );
    await visit.page.getByText("Who must act").first().waitFor();
    await visit.picture("no-such-order");
    expect(await visit.violations()).toEqual([]);
    await visit.goTo("/nowhere");
    await visit.picture("no-such-page");
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});
