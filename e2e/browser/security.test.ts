import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { placeOrder } from "../harness/shipped-appliance.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";

describe.runIf(runsBrowser)("the portal in a browser", () => {
  let portal: PortalWorld;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("security");
    await placeOrder(portal.world, ORDER);
    visit = await portal.browser.signIn("ada@contoso.example");
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  /** Answer of a call as a script of the open page makes it. */
  const callFromPage = (path: string, init: { method?: "POST"; body?: string } = {}) =>
    visit.page.evaluate(
      async ([url, options]) => {
        const response = await fetch(url, {
          ...options,
          headers: { "content-type": "application/json" },
        });
        return { status: response.status, text: await response.text() };
      },
      [path, init] as const,
    );

  test("no script can read the session's cookie, and no other site gets it with a POST", async () => {
    const cookies = await visit.page.context().cookies(portal.world.stack.description.brokerUrl);
    expect(cookies).toMatchObject([
      { name: "__Host-databox", httpOnly: true, secure: true, sameSite: "Lax", path: "/" },
    ]);
    expect(await visit.page.evaluate(() => document.cookie)).toBe("");
  });

  test("no token is left where a script could find it", async () => {
    const stored = await visit.page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state]),
    );
    expect(stored).not.toMatch(/eyJ|[0-9a-f]{32}/i);
    expect(visit.page.url()).not.toMatch(/code=|state=|token/);
  });

  test("a change without the page's own token is refused", async () => {
    const { subscriptionId, resourceGroup } = portal.world.stack.description;
    const cancel = `/portal/api/arm/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.DataBox/jobs/${ORDER}/cancel?api-version=2025-07-01`;
    const body = JSON.stringify({ reason: "forged" });
    const answer = await callFromPage(cancel, { method: "POST", body });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("CrossSiteRequest");
  });

  test("a form on another site that posts to the portal is refused, whatever the browser sends with it", async () => {
    const other = await visit.page.context().newPage();
    const { authorityUrl, brokerUrl, tenantId } = portal.world.stack.description;
    await other.goto(`${authorityUrl}/${tenantId}/v2.0/.well-known/openid-configuration`);
    const url = `${brokerUrl}/portal/auth/sign-out`;
    await other.setContent(`<form method="post" action="${url}"><button>Win</button></form>`);
    const [answer] = await Promise.all([
      other.waitForResponse(url),
      other.getByRole("button").click(),
    ]);
    expect([401, 403]).toContain(answer.status());
    // Playwright may never report a page as closed that was closed while it loaded.
    await other.waitForLoadState();
    await other.close();
    expect((await callFromPage("/portal/api/session")).status).toBe(200);
  });

  test("the policy has no unsafe source, and another site cannot frame the page", async () => {
    const answer = await visit.page.goto(`${portal.world.stack.description.portalUrl}/orders`);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    await visit.settled();
    expect(portal.browser.problems()).toEqual([]);
  });

  test("an injected script does not run, and the browser reports it", async () => {
    await visit.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.documentElement.dataset.smuggled = 'yes'";
      document.body.append(script);
      const picture = document.createElement("img");
      picture.src = "https://example.invalid/steal";
      document.body.append(picture);
    });
    await expect
      .poll(() => portal.browser.problems().join("\n"))
      .toMatch(/policy violation: script-src-elem inline[^]*policy violation: img-src/);
    const smuggled = await visit.page.evaluate(() => document.documentElement.dataset["smuggled"]);
    expect(smuggled).toBeUndefined();
  });

  test("a session that cannot be read is explained, and read again", async () => {
    const other = await portal.browser.open();
    await other.page.route("**/portal/api/session", (route) =>
      route.fulfill({ status: 404, body: "a gateway" }),
    );
    await other.page.goto(portal.world.stack.description.portalUrl);
    await other.page.getByText("PortalUnreachable · foreign-answer").waitFor();
    await other.picture("no-session");
    expect(await other.violations()).toEqual([]);
    await other.page.unroute("**/portal/api/session");
    await other.page.getByRole("button", { name: "Try again" }).click();
    await other.page.locator('button[value="ada@contoso.example"]').waitFor();
    await other.close();
  });

  test("signing out ends the session for the page that was open elsewhere, too", async () => {
    const second = await visit.page.context().newPage();
    await second.goto(`${portal.world.stack.description.portalUrl}/orders`);
    await second.getByRole("link", { name: ORDER }).waitFor();
    await visit.goTo("/orders");
    const signOut = async () => {
      await visit.page.getByRole("button", { name: /ada@contoso\.example/ }).click();
      await visit.page.getByRole("menuitem", { name: "Sign out" }).click();
    };
    await visit.page.route("**/portal/auth/sign-out", (route) => route.abort());
    await signOut();
    await visit.page.getByText("You are still signed in").first().waitFor();
    await visit.page.unroute("**/portal/auth/sign-out");
    await signOut();
    await visit.page.getByText("You are signed out").waitFor();
    await visit.picture("signed-out");
    expect(await visit.violations()).toEqual([]);
    await second.getByRole("link", { name: ORDER }).click();
    await second.locator('button[value="ada@contoso.example"]').waitFor();
    expect(second.url()).toContain(portal.world.stack.description.authorityUrl);
  });
});
