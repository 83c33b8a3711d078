import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createTransport, type StoryOrder } from "@databox-cmk/local-stack";
import { unlockPolicyView } from "@databox-cmk/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { assignRole } from "../harness/assign-role.ts";
import { requireOk, unlockNode } from "../harness/nodes.ts";
import { callOrder, readActivity } from "../harness/order-actions.ts";
import { placeOrder, prepareAppliance, shipAppliance } from "../harness/shipped-appliance.ts";
import { button, choose } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const VAULT = "contosoatlas";
const CRYPTO_OFFICER = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";
const SERIAL = "DBX-0001";
const USER_IDENTITY = "unlockers";
const POLICY = "providers/Microsoft.DataBox/custodyPolicy";
const SAVED = "Saved. This order now uses your key.";

/**
 * The article that the product follows, from sign-in to key URL, by clicking; each test goes on
 * where the former ended.
 */
describe.runIf(runsBrowser)("a security administrator in the portal", () => {
  let portal: PortalWorld;
  let order: StoryOrder;
  let node: EmulatedNode;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("article");
    const { world } = portal;
    await assignRole(world, world.customerObjectId, CRYPTO_OFFICER);
    order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, [SERIAL]);
    await shipAppliance(world, order, appliance);
    node = appliance.node(SERIAL);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await visit.picture(`failed ${task.name}`);
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  /** Read by Azure's own client. */
  const currentKey = async () => {
    const { customer, stack } = portal.world.customerContext;
    const { details } = await customer.dataBox.jobs.get(stack.resourceGroup, ORDER, {
      expand: "details",
    });
    return details?.keyEncryptionKey;
  };
  /** In the vault itself, by another administrator. */
  const setKeyEnabled = async (enabled: boolean) => {
    const { customer } = portal.world;
    const { origin, pathname } = new URL((await currentKey())?.kekUrl ?? "");
    const [, , name = "", version = ""] = pathname.split("/");
    await customer.keys(origin).updateKeyProperties(name, version, { enabled });
  };
  const pick = async (what: string, answer: string) => {
    await choose(visit.page, what, answer);
  };
  const press = (name: string) => button(visit.page, name).click();
  const see = (text: string | RegExp) => visit.page.getByText(text).first().waitFor();

  test("signs in and opens the order from the list", async () => {
    visit = await portal.browser.signIn("ada@contoso.example");
    await visit.picture("01-orders");
    await visit.page.getByRole("link", { name: ORDER }).click();
    await visit.page.getByRole("heading", { name: ORDER, level: 1 }).waitFor();
    await see(SERIAL);
    await visit.picture("02-overview");
    expect(new URL(visit.page.url()).pathname).toBe(`/portal${portal.orderPath(ORDER)}`);
  });

  test("sees the one-way warning, and creates a key vault and a key", async () => {
    const { page } = visit;
    await page.getByRole("link", { name: "Encryption", exact: true }).click();
    await page.getByRole("radio", { name: "Customer managed key" }).check();
    await see("You can't go back to the Microsoft managed key");
    await visit.picture("03-warning");
    await press("Select a key vault and key");
    await visit.picture("04-select");
    await press("Create new key vault");
    await pick("Resource group", portal.world.stack.description.resourceGroup);
    await page.getByRole("textbox", { name: "Key vault name" }).fill(VAULT);
    await visit.picture("05-create-vault");
    await press("Review + create");
    await visit.picture("06-review-vault");
    await press("Create");
    await press("Create new key");
    await page.getByRole("textbox", { name: "Name" }).fill("unlock");
    await page.getByLabel("Expiration date").fill("2020-12-31T00:00");
    await see("Choose a time in the future, after the activation date.");
    expect(await button(page, "Create").isDisabled()).toBe(true);
    await page.getByLabel("Expiration date").fill("2098-12-31T00:00");
    await pick("Automatic rotation", "Every year");
    await visit.picture("07-create-key");
    await press("Create");
    await button(page, "Select").waitFor();
    await visit.picture("08-selected");
    expect(await visit.violations()).toEqual([]);
    await press("Select");
    await see(new RegExp(`https://${VAULT}\\.vault\\.localhost:\\d+/keys/unlock/[0-9a-f]{32}`));
    const { world } = portal;
    const vaultUrl = `https://${VAULT}.${world.stack.description.vaultSuffix}`;
    const keys = world.customer.keys(vaultUrl);
    const { key, properties } = await keys.getKey("unlock");
    expect(key?.n?.length).toBe(3072 / 8);
    // The browser is in Berlin.
    expect(properties.expiresOn).toEqual(new Date("2098-12-30T23:00:00Z"));
    const { lifetimeActions } = await keys.getKeyRotationPolicy("unlock");
    expect(lifetimeActions).toMatchObject([
      { action: "Rotate", timeAfterCreate: "P1Y" },
      { action: "Notify", timeBeforeExpiry: "P30D" },
    ]);
  });

  test("gives the order an identity, and access to the key with one click", async () => {
    await press("Enable the system-assigned identity");
    await press("Grant access");
    await see(/^All \d+ checks passed$/);
    await visit.picture("09-preflight");
    expect(await visit.page.getByText("Who must act").count()).toBe(0);
  });

  test("saves only after the one-way warning, and then the key URL is in force", async () => {
    const { page } = visit;
    await press("Save");
    const warning = page.getByRole("alertdialog");
    await warning.waitFor();
    await visit.picture("10-one-way");
    expect(await visit.violations()).toEqual([]);
    await warning.getByRole("button", { name: "Cancel" }).click();
    expect(await currentKey()).toMatchObject({ kekType: "MicrosoftManaged" });
    await press("Save");
    await press("Use the customer managed key");
    await see(SAVED);
    await visit.picture("11-saved");
    const key = await currentKey();
    expect(key).toMatchObject({
      kekType: "CustomerManaged",
      kekUrl: expect.stringContaining(`https://${VAULT}.`),
    });
    await see(key?.kekUrl ?? "");
  });

  test("sees the appliance unlock by that key while the page is open", async () => {
    await visit.goTo(portal.orderPath(ORDER));
    await see("Locked");
    const { kid } = await unlockNode(node);
    expect(kid).toBe((await currentKey())?.kekUrl);
    await see("Unlocked");
    await visit.picture("12-unlocked");
  });

  test("sees why an appliance is refused when the key is disabled, who must act and which command helps", async () => {
    await setKeyEnabled(false);
    requireOk(await node.agent(["lock"]));
    const { events } = await node.agent(["unlock"]);
    expect(events).toMatchObject([{ code: "SsemUserErrorEncryptionKeyDisabled" }]);
    await see("SsemUserErrorEncryptionKeyDisabled");
    await see("Who must act: Security administrator");
    await visit.page.getByText("Steps and commands").first().click();
    await see(`az keyvault key set-attributes --vault-name ${VAULT} --name unlock`);
    await see("Unusable");
    await visit.picture("13-disabled");
    expect(await visit.violations()).toEqual([]);
  });

  test("sees the order healthy once the key is enabled", async () => {
    await setKeyEnabled(true);
    await unlockNode(node);
    await see("Healthy");
    await see("Unlocked");
    const code = visit.page.getByText("SsemUserErrorEncryptionKeyDisabled");
    await expect.poll(() => code.count()).toBe(0);
    await visit.picture("14-cured");
  });

  // Evidence: Rotation in the portal.
  test("moves the order to a new version of the key, without a warning", async () => {
    const before = await currentKey();
    await visit.goTo(portal.orderPath(ORDER, "encryption"));
    await press("Select a different key vault and key");
    await press("Create new version");
    await press("Create");
    await see(/^All \d+ checks passed$/);
    await press("Select");
    await press("Save");
    await see(SAVED);
    await visit.picture("15-new-version");
    const after = await currentKey();
    expect(after?.kekUrl).toMatch(new RegExp(`^https://${VAULT}\\.[^/]+/keys/unlock/`));
    expect(after?.kekUrl).not.toBe(before?.kekUrl);
  });

  // Evidence: Rotation in the portal.
  test("moves the order to another key", async () => {
    await visit.goTo(portal.orderPath(ORDER, "encryption"));
    await press("Select a different key vault and key");
    await press("Create new key");
    await visit.page.getByRole("textbox", { name: "Name" }).fill("other");
    await press("Create");
    await see(/^All \d+ checks passed$/);
    await press("Select");
    await press("Save");
    await see(SAVED);
    expect((await currentKey())?.kekUrl).toContain("/keys/other/");
  });

  // Evidence: Rotation in the portal.
  test("moves the order to a user-assigned identity", async () => {
    await createUserIdentity(portal);
    await visit.goTo(portal.orderPath(ORDER, "encryption"));
    await visit.page.getByRole("radio", { name: "User assigned" }).click();
    await visit.page.getByRole("radio", { name: USER_IDENTITY }).check();
    await visit.picture("16-select-identity");
    await press("Select");
    await press("Grant access");
    await see(/^All \d+ checks passed$/);
    await press("Save");
    await see(SAVED);
    await visit.picture("17-user-identity");
    expect(await currentKey()).toMatchObject({
      identityProperties: {
        type: "UserAssigned",
        userAssigned: { resourceId: expect.stringContaining(`/${USER_IDENTITY}`) },
      },
    });
    requireOk(await node.agent(["lock"]));
    expect(await unlockNode(node)).toMatchObject({ kid: (await currentKey())?.kekUrl });
  });

  test("sees the unlock key for a minute, and that is recorded with their name", async () => {
    const { page } = visit;
    await page.clock.install();
    await visit.goTo(portal.orderPath(ORDER, "device-details"));
    expect(await page.getByText("••••••••••••").count()).toBe(1);
    const beforeMs = await page.evaluate(() => Date.now());
    // A double click that React has not seen begin.
    await button(page, "Show unlock key").evaluate((show: HTMLElement) => {
      show.click();
      show.click();
    });
    await page.getByRole("timer").waitFor();
    // An installed clock runs on by itself. The time at which it stops must lie ahead. On the way
    // there its timers tick once, as in a hidden tab.
    const hidden = page.getByText("••••••••••••");
    await page.clock.pauseAt(beforeMs + 55_000);
    await page.clock.runFor(1000);
    expect(await hidden.count()).toBe(0);
    await page.clock.runFor(60_000);
    await hidden.waitFor();
    expect(await button(page, "Show unlock key").count()).toBe(1);
    const rows = await readActivity(portal.world, order);
    const { objectId } = portal.world.stack.directory.users[0] ?? {};
    expect(objectId).toMatch(/-/);
    expect(rows.filter(({ action }) => action === "order/listCredentials")).toMatchObject([
      { outcome: "granted", actor: { objectId } },
    ]);
    await page.clock.resume();
    await press("Show unlock key");
    await page.getByRole("timer").waitFor();
    await visit.picture("18-unlock-key");
    expect(await visit.violations()).toEqual([]);
  });

  test("orders another one in split custody, by one call, since the subscription allows nothing else", async () => {
    const subscription = { id: order.id.split("/resourceGroups/", 1)[0] ?? "", name: "" };
    const allowOnlySplit = (splitOnly: boolean) =>
      callOrder(portal.world, subscription, "PUT", POLICY, { splitOnly });
    const clone = { id: `${order.id}-Clone`, name: `${ORDER}-Clone` };
    const custodyOf = async () => {
      const { text } = await callOrder(portal.world, clone, "GET", "unlockPolicy");
      return unlockPolicyView.parse(JSON.parse(text)).custody;
    };
    await allowOnlySplit(true);
    const ordering = await portal.browser.signIn("ada@contoso.example", portal.orderPath(ORDER));
    const { page } = ordering;
    await button(page, "Clone").click();
    await page.getByRole("tab", { name: "Security" }).click();
    await page.getByText("This subscription allows only split custody").waitFor();
    expect(await page.getByRole("radio", { name: /^Split/ }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: /^Escrow/ }).isDisabled()).toBe(true);
    await page.getByText("In split custody there is no passkey.").waitFor();
    await ordering.picture("19-split-custody");
    expect(await ordering.violations()).toEqual([]);
    await page.getByRole("tab", { name: "Review + order" }).click();
    await page.getByText("Validation passed.").waitFor();
    await button(page, "Order").click();
    await page.getByRole("heading", { name: clone.name, level: 1 }).waitFor();
    expect(await custodyOf()).toEqual({ kind: "split", acceptNoRecovery: false });
    await allowOnlySplit(false);
    await ordering.close();
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});

async function createUserIdentity({ world }: PortalWorld): Promise<void> {
  const { customer, stack } = world;
  const { armUrl, location, resourceGroup, subscriptionId } = stack.description;
  using transport = createTransport(stack.caPem);
  const identities = new ManagedServiceIdentityClient(customer.credential, subscriptionId, {
    endpoint: armUrl,
    additionalPolicies: [...transport.policies],
  });
  await identities.userAssignedIdentities.createOrUpdate(resourceGroup, USER_IDENTITY, {
    location,
  });
}
