import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { PERSONAL_EVENTS } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { assignRole } from "../harness/assign-role.ts";
import { placeOrder } from "../harness/shipped-appliance.ts";
import { takeAppearance, takeWidth } from "./harness/appearances.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { walkByTab } from "./harness/keyboard.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const KEYS = "A key became healthy, at risk or unusable";
/** Role definition of Owner. */
const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

describe.runIf(runsBrowser)("what a person gets", () => {
  const folder = openTemporaryFolder();
  let portal: PortalWorld;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("notices", {
      brokerEnvironment: { NOTICE_CHANNELS_FILE: writeChannels(folder.path) },
    });
    await placeOrder(portal.world, "atlas");
    visit = await portal.browser.signIn("ada@contoso.example", "/orders");
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const mailMe = (kind: string) => visit.page.getByRole("checkbox", { name: `E-mail me: ${kind}` });
  const saving = async (press: () => Promise<void>) => {
    const answer = visit.page.waitForResponse((each) => each.request().method() === "PUT");
    await press();
    expect((await answer).status()).toBe(204);
  };
  const see = (text: string | RegExp) => visit.page.getByText(text).first().waitFor();

  test("is shown by channel; a role of the sign-in alone gives no right to e-mails", async () => {
    await visit.goTo("/notifications");
    await see("E-mails go to ada@contoso.example, the name that you sign in with.");
    await see("Sent to groups: key-team (Teams)");
    await see("You have this right by a role of your sign-in");
    await see(
      /^az role assignment create --assignee ada@contoso\.example --role "Data Box Reader"/,
    );
    await see("Ask the operator to send these messages to a channel of the approvers.");
    expect(await visit.page.getByRole("checkbox").count()).toBe(0);
    expect(await button(visit.page, "Save").count()).toBe(0);
    expect(await visit.page.content()).not.toContain("SECRET");
    await visit.picture("without-assignment");
  });

  test("is chosen by keyboard from the bell on, and kept", async () => {
    const { objectId = "" } = portal.world.stack.directory.users[0] ?? {};
    await assignRole(portal.world, objectId, OWNER);
    const { page } = visit;
    await visit.goTo("/orders");
    await page.getByRole("button", { name: /^Notifications/ }).press("Enter");
    const settings = page.getByRole("link", { name: "What I get" });
    await settings.press("Enter");
    await page.getByRole("heading", { level: 1, name: "What I get" }).waitFor();
    // The broker may know the roles of before for some seconds.
    await expect
      .poll(async () => {
        await visit.goTo("/notifications");
        return page.getByRole("checkbox").count();
      })
      .toBe(PERSONAL_EVENTS.length);
    expect(await button(page, "Save").isDisabled()).toBe(true);
    await walkByTab(page, mailMe(KEYS));
    await page.keyboard.press("Space");
    await expect.poll(() => mailMe(KEYS).isChecked()).toBe(true);
    await walkByTab(page, button(page, "Save"));
    await saving(() => page.keyboard.press("Enter"));
    await visit.goTo("/notifications");
    expect(await mailMe(KEYS).isChecked()).toBe(true);
    expect(await mailMe("Emergency access is active").isChecked()).toBe(false);
  });

  test("is kept in the language that the person chooses, until nothing is chosen", async () => {
    const { page } = visit;
    const save = button(page, "Save");
    await page.getByRole("combobox", { name: "Language of my e-mails" }).click();
    await page.getByRole("option", { name: "Deutsch" }).click();
    await saving(() => save.click());
    await visit.goTo("/notifications");
    await see("Deutsch");
    await mailMe(KEYS).uncheck();
    await saving(() => save.click());
    await visit.goTo("/notifications");
    expect(await mailMe(KEYS).isChecked()).toBe(false);
    expect(await page.getByRole("combobox").count()).toBe(0);
    await mailMe(KEYS).check();
    await visit.picture("chosen");
  });

  test("is readable at every width, in light and dark", async () => {
    for (const appearance of ["light", "dark"] as const) {
      await takeAppearance(visit.page, appearance);
      for (const width of ["narrow", "usual", "widest"] as const) {
        await takeWidth(visit.page, width);
        expect(await visit.violations()).toEqual([]);
        expect(await visit.overflow()).toBe(0);
        await visit.picture(`settings-${appearance}-${width}`);
      }
    }
    await takeAppearance(visit.page, "light");
    await takeWidth(visit.page, "usual");
  });

  test("is the person's own, and in their language", async () => {
    const { browser } = portal;
    const other = await browser.signIn("opal@databox.example", "/notifications", {
      locale: "de-DE",
    });
    await other.page.getByRole("heading", { level: 1, name: "Was ich bekomme" }).waitFor();
    await other.page.getByText("Eine Kampagne ist beendet").waitFor();
    await other.page.getByText("Geht an Gruppen: fleet (Slack)").waitFor();
    expect(await other.page.getByRole("checkbox", { checked: true }).count()).toBe(0);
    await other.picture("german");
    expect(await other.violations()).toEqual([]);
    await other.close();
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});

/** No event of this test reaches a channel: nothing is sent. */
function writeChannels(folder: string): string {
  const path = join(folder, "channels.json");
  const channels = {
    smtp: { host: "127.0.0.1", port: 9, security: "off", from: "cmk@contoso.example" },
    channels: [
      {
        kind: "teams",
        name: "key-team",
        url: "https://teams.example/SECRET",
        events: ["com.databox-cmk.key-health.changed"],
        subscriptions: "all",
      },
      {
        kind: "slack",
        name: "fleet",
        url: "https://slack.example/SECRET",
        events: ["com.databox-cmk.campaign.finished"],
        subscriptions: "all",
      },
    ],
  };
  writeFileSync(path, JSON.stringify(channels), { mode: 0o600 });
  return path;
}
