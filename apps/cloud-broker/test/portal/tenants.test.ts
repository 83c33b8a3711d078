// @module-tag one-engine
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import type { Browser } from "./browser.ts";
import { listenEvents } from "./listen-events.ts";
import {
  minimalOrder,
  openPage,
  type PortalWorld,
  type SignedInPage,
  startPortalWorld,
  USERS,
} from "./portal-world.ts";

const TENANT = "77777777-7777-4777-8777-777777777777";
/** It exists, and is not connected. */
const OTHER = "99999999-9999-4999-8999-999999999999";
const THEIRS = "88888888-8888-4888-8888-888888888888";
const GRACE = "grace@fabrikam.example";
const MALLORY = "mallory@other.example";
const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const SESSION = "/portal/api/session";
const SIGN_IN = "/portal/auth/sign-in";
const ARM = "/portal/api/arm";
const TENANT_COOKIE = "__Host-databox-tenant";

let world: PortalWorld;
beforeAll(async () => {
  world = await startPortalWorld({ isMultiTenant: true });
});
afterAll(() => world[Symbol.asyncDispose]());

const jobs = (subscription: string, group: string) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DataBox/jobs`;
const cookieOf = (name: string) => `${new URL(world.portalUrl).host} ${name}`;
const operate = async (method: string, tenant: string, body?: object) => {
  const { call } = await signInTo(world.emulator.tenantId, USERS.opal.userName);
  const answer = await call(`/portal/api/operator/v1/tenants/${tenant}`, {
    method,
    ...(body === undefined ? {} : { json: body }),
  });
  expect(answer.status).toBe(200);
};
const signInOf = (query: Readonly<Record<string, string>>, browser: Browser) =>
  browser.go(`${world.portalUrl}${SIGN_IN}?${new URLSearchParams(query).toString()}`);
const tenantOfSignIn = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
  new URL(String(headers["location"])).pathname.split("/")[1];
const place = ({ call }: SignedInPage, path: string, storageAccountId: string) => {
  const order = minimalOrder(world);
  for (const { accountDetails } of order.properties.details.dataImportDetails)
    accountDetails.storageAccountId = storageAccountId;
  return call(`${ARM}${path}?api-version=2025-07-01`, { method: "PUT", json: order });
};
async function signInTo(tenant: string, userName: string) {
  const browser = world.newBrowser();
  const answer = await browser.signIn(world.portalUrl, userName, undefined, tenant);
  expect(answer.status).toBe(303);
  return openPage(browser, world.portalUrl);
}

test("a broker of one tenant asks for none, and no tenant can be named", async () => {
  using browser = world.newBrowser();
  await world.control("PUT", `/tenants/${TENANT}`, { displayName: "Fabrikam" });
  for (const tenant of [undefined, "", TENANT, "fabrikam.example"]) {
    const answer = await signInOf(tenant === undefined ? {} : { tenant }, browser);
    expect(answer.status).toBe(302);
    expect(tenantOfSignIn(answer)).toBe(world.emulator.tenantId);
  }
  await browser.signIn(world.portalUrl, USERS.ada.userName);
  // App roles go on to count in subscriptions with an order.
  const { subscriptionId, resourceGroup, storageAccountId } = world.emulator;
  const page = await openPage(browser, world.portalUrl);
  const former = `${jobs(subscriptionId, resourceGroup)}/former`;
  expect((await place(page, former, storageAccountId)).status).toBe(202);
  expect(browser.cookies.has(cookieOf(TENANT_COOKIE))).toBe(false);
  const { json } = await browser.go(`${world.portalUrl}${SESSION}`);
  expect(json).toMatchObject({ tenancy: "only", tenantId: world.emulator.tenantId });
});

describe("with a customer's tenant", () => {
  beforeAll(async () => {
    const { control, emulator } = world;
    await control("PUT", `/tenants/${OTHER}`, { displayName: "Other" });
    await control("PUT", `/subscriptions/${THEIRS}`, { tenantId: TENANT });
    const password = randomUUID();
    const user = { password, tenantId: TENANT, roles: ["DataBox.Operator", "Owner"] };
    const grace = await control("PUT", `/users/${GRACE}`, { ...user, displayName: "Grace" });
    await control("PUT", `/users/${MALLORY}`, { ...user, tenantId: OTHER });
    // Their administrator gives her a role, and makes a resource group.
    const [clientId, secret] = [randomUUID(), randomUUID()];
    await control("PUT", `/applications/${clientId}`, { secret, tenantId: TENANT });
    using admin = world.newBrowser();
    const { json } = await admin.go(`${emulator.authorityUrl}/${TENANT}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: secret,
        scope: `${emulator.armUrl}/.default`,
      }).toString(),
    });
    const put = async (path: string, body: object) => {
      const made = await admin.go(`${emulator.armUrl}/subscriptions/${THEIRS}${path}`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${String(json.access_token)}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
      expect(made.status).toBe(201);
    };
    await put("/resourceGroups/g?api-version=2021-04-01", { location: emulator.location });
    await put(
      `/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
      {
        properties: {
          principalId: z.object({ objectId: z.string() }).parse(grace.json).objectId,
          roleDefinitionId: `/subscriptions/${THEIRS}/providers/Microsoft.Authorization/roleDefinitions/${OWNER}`,
        },
      },
    );
    await operate("PUT", TENANT, { name: "Fabrikam" });
    // Callers of a new tenant wait a minute.
    const database = new Database(world.databaseFile);
    database.exec("update tenants set since_ms = since_ms - 61000");
    database.close();
    // A replica keeps for five seconds which tenants are connected, and whether there are any.
    using browser = world.newBrowser();
    while ((await signInOf({}, browser)).status !== 200) await setTimeout(100);
    const { call } = await signInTo(TENANT, GRACE);
    const permissions = `/portal/api/permissions/subscriptions/${THEIRS}`;
    while ((await call(permissions)).status !== 200) await setTimeout(100);
  });

  test("a person who names none is asked, in a page without scripts", async () => {
    using browser = world.newBrowser();
    const answer = await signInOf({ returnTo: "/portal/orders?a=1&b=2" }, browser);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('name="returnTo" value="/portal/orders?a=1&amp;b=2"');
    expect(answer.text).toContain('name="tenant"');
    expect(answer.text).not.toContain("<script");
    expect(answer.text).not.toContain("Fabrikam");
    expect(answer.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' https:$/,
    );
  });

  test.each([
    ["id", TENANT],
    ["id in capitals", TENANT.toUpperCase()],
    ["domain", "Fabrikam.Example"],
    ["e-mail address", ` ${GRACE} `],
  ])("a person signs in by the %s of their tenant", async (_by, tenant) => {
    using browser = world.newBrowser();
    const left = await signInOf({ tenant }, browser);
    expect(tenantOfSignIn(left)).toBe(TENANT);
    const hint = new URL(String(left.headers["location"])).searchParams.get("login_hint");
    expect(hint).toBe(tenant.includes("@") ? GRACE : null);
    const answer = await browser.signIn(world.portalUrl, GRACE, "/portal/orders", tenant);
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/portal/orders"]);
    const { json } = await browser.go(`${world.portalUrl}${SESSION}`);
    expect(json).toMatchObject({
      name: "Grace",
      tenantId: TENANT,
      tenancy: "customer",
      // Their administrators assign app roles, which prove nothing here.
      roles: [],
    });
    expect(browser.cookies.get(cookieOf(TENANT_COOKIE))).toBe(TENANT);
    expect(tenantOfSignIn(await signInOf({}, browser))).toBe(TENANT);
    expect((await signInOf({ tenant: "" }, browser)).status).toBe(200);
  });

  test("the operator's people name their tenant, too, and keep their roles", async () => {
    const page = await signInTo(USERS.opal.userName, USERS.opal.userName);
    expect((await page.call(SESSION)).json).toMatchObject({
      tenancy: "home",
      tenantId: world.emulator.tenantId,
      roles: ["DataBox.Operator"],
    });
    expect(page.browser.cookies.get(cookieOf(TENANT_COOKIE))).toBe(world.emulator.tenantId);
  });

  test("a person of a tenant that is not connected gets its name once Entra ID has proven them", async () => {
    using browser = world.newBrowser();
    browser.cookies.set(cookieOf(TENANT_COOKIE), OTHER);
    const answer = await browser.signIn(world.portalUrl, MALLORY);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("SignInFailed · tenant-not-connected");
    expect(answer.text).toContain(`connect tenant ${OTHER}`);
    expect(answer.text).toContain('href="/portal/auth/sign-in?tenant="');
    expect(browser.cookies.has(cookieOf("__Host-databox"))).toBe(false);
    expect(browser.cookies.has(cookieOf(TENANT_COOKIE))).toBe(false);
  });

  test.each([
    randomUUID(),
    "unknown.example",
    "a@unknown.example",
    "common",
    "organizations",
    "../../x.example",
    "a".repeat(400),
  ])("a tenant that Entra ID does not know is named as such: %s", async (tenant) => {
    using browser = world.newBrowser();
    const answer = await signInOf({ tenant }, browser);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("SignInFailed · tenant-unknown");
  });

  test("an answer of another tenant than the person named is refused", async () => {
    using browser = world.newBrowser();
    using other = world.newBrowser();
    const own = await browser.authorize(world.portalUrl, GRACE, undefined, TENANT);
    const theirs = await other.authorize(world.portalUrl, MALLORY, undefined, OTHER);
    const changed = new URL(own);
    changed.searchParams.set("code", new URL(theirs).searchParams.get("code") ?? "");
    const answer = await browser.go(changed.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("answer-invalid");
  });

  test("pages of each tenant list, read and follow their own orders only", async () => {
    const grace = await signInTo(TENANT, GRACE);
    const ada = await signInTo(world.emulator.tenantId, USERS.ada.userName);
    const { call } = grace;
    const subscriptions = await call(`${ARM}/subscriptions?api-version=2022-12-01`);
    expect(subscriptions.json.value).toMatchObject([{ subscriptionId: THEIRS }]);
    const { subscriptionId, resourceGroup, storageAccountId } = world.emulator;
    const theirs = jobs(THEIRS, "g");
    const ours = jobs(subscriptionId, resourceGroup);
    const streams = await Promise.all(
      [grace, ada].map((page) => listenEvents(page, world, world.portalUrl)),
    );
    for (const stream of streams) await stream.until(/event: hello/);
    const account = `/subscriptions/${THEIRS}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/theirs`;
    expect(await place(grace, `${theirs}/secret`, account)).toMatchObject({ status: 202 });
    expect((await place(ada, `${ours}/public`, storageAccountId)).status).toBe(202);
    await streams[0]?.until(/jobs\/secret/);
    await streams[1]?.until(/jobs\/public/);
    expect(streams[0]?.text()).not.toContain("public");
    expect(streams[1]?.text()).not.toContain("secret");
    expect((await call(`${ARM}${theirs}?api-version=2025-07-01`)).json.value).toMatchObject([
      { name: "secret" },
    ]);
    for (const path of [ours, `${ours}/public`])
      expect(await call(`${ARM}${path}?api-version=2025-07-01`)).toMatchObject({
        status: 404,
        json: { error: { code: "SubscriptionNotFound" } },
      });
    expect((await call("/portal/api/operator/v1/tenants")).status).toBe(403);
    const people = await call(
      `/portal/api/graph/v1.0/users?$filter=${encodeURIComponent("startswith(displayName,'') or startswith(userPrincipalName,'')")}&$select=id,displayName,userPrincipalName&$top=15`.replaceAll(
        "''",
        "'G'",
      ),
    );
    expect(people.json.value).toMatchObject([{ displayName: "Grace" }]);
  });

  test("lookups of tenants that are not there are limited, and those that are connected need none", async () => {
    using browser = world.newBrowser();
    let answer;
    do answer = await signInOf({ tenant: randomUUID() }, browser);
    while (answer.status === 400);
    expect(answer.status).toBe(429);
    expect(answer.text).toContain("TooManyRequests");
    for (const tenant of [TENANT, world.emulator.tenantId, "fabrikam.example"])
      expect((await signInOf({ tenant }, browser)).status).toBe(302);
  });

  test("a tenant that is disconnected loses its sessions", async () => {
    const { call } = await signInTo(TENANT, GRACE);
    await operate("DELETE", TENANT);
    while ((await call(SESSION)).status === 200) await setTimeout(100);
    expect((await call(SESSION)).status).toBe(401);
  });
});
