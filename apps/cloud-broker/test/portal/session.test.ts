// @module-tag one-engine
import { randomBytes } from "node:crypto";

import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createSeal } from "../../src/api/portal/seal.ts";
import { createSessions } from "../../src/api/portal/sessions.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { openPage, type PortalWorld, startPortalWorld, USERS } from "./portal-world.ts";

let world: PortalWorld;
beforeAll(async () => {
  world = await startPortalWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const SESSION = "/portal/api/session";
const COOKIE = "__Host-databox";
const keyAt = (url: string): string => `${new URL(url).host} ${COOKIE}`;

describe("a session", () => {
  test("holds on every replica, and ends on every replica", async () => {
    const other = await world.startReplica();
    const { browser, call } = await world.signIn("ada");
    const id = browser.cookies.get(keyAt(world.portalUrl)) ?? "";
    browser.cookies.set(keyAt(other), id);
    expect((await browser.go(`${other}${SESSION}`)).json).toMatchObject({ name: "Ada Lovelace" });

    const left = await call("/portal/auth/sign-out", { method: "POST" });
    expect(left.status).toBe(200);
    const { location } = left.json as { location: string };
    expect(location).toBe(
      `${world.emulator.authorityUrl}/${world.emulator.tenantId}/oauth2/v2.0/logout?post_logout_redirect_uri=${encodeURIComponent(`${world.portalUrl}/portal/?signed-out`)}&client_id=${world.clientId}`,
    );
    expect(browser.cookies.has(keyAt(world.portalUrl))).toBe(false);
    expect((await browser.go(location)).headers["location"]).toBe(
      `${world.portalUrl}/portal/?signed-out`,
    );
    // A copied cookie is useless, too.
    browser.cookies.set(keyAt(world.portalUrl), id);
    for (const at of [world.portalUrl, other])
      expect((await browser.go(`${at}${SESSION}`)).status).toBe(401);
  });

  test("is not in the database: neither its id nor a token of the person can be read there", async () => {
    const { browser } = await world.signIn("ada");
    const id = browser.cookies.get(keyAt(world.portalUrl)) ?? "";
    using database = openDatabase();
    const rows = JSON.stringify(database.prepare("select * from portal_sessions").all());
    expect(rows).toContain("eyJ"); // the header of the seal
    expect(rows).not.toContain(id);
    for (const word of [
      "accessToken",
      "refresh",
      "Ada Lovelace",
      "ada@contoso.example",
      Buffer.from('"alg":"RS256').toString("base64url").slice(0, 12),
    ])
      expect(rows).not.toContain(word);
  });

  test("does not open in another one's row", async () => {
    const thief = await world.signIn("ren");
    await world.signIn("ada");
    using database = openDatabase();
    const sealedOf = (objectId: string) =>
      database
        .prepare(
          "select sealed from portal_sessions where object_id = ? order by created_at_ms desc",
        )
        .pluck()
        .get(objectId);
    const objectIds = database
      .prepare("select distinct object_id from portal_sessions")
      .pluck()
      .all() as string[];
    const own = (await thief.call(SESSION)).json as { objectId: string };
    const others = objectIds.find((id) => id !== own.objectId) ?? "";
    database
      .prepare("update portal_sessions set sealed = ? where object_id = ?")
      .run(sealedOf(others), own.objectId);
    expect((await thief.call(SESSION)).status).toBe(401);
  });

  test.each([
    ["an hour without use", "last_seen_at_ms", 3_600_000],
    ["eight hours", "created_at_ms", 8 * 3_600_000],
  ])("ends after %s", async (_when, column, ms) => {
    const { call } = await world.signIn("ada");
    using database = openDatabase();
    database.prepare(`update portal_sessions set ${column} = ${column} - ?`).run(ms - 30_000);
    expect((await call(SESSION)).status).toBe(200);
    database.prepare(`update portal_sessions set ${column} = ${column} - ?`).run(ms);
    expect((await call(SESSION)).status).toBe(401);
  });

  test("ends when its person is gone from the directory and the tokens run out", async () => {
    const { call } = await world.signIn("nobody");
    await using other = await startPortalWorld({ tokenLifetimeSeconds: 60 });
    const short = await other.signIn("nobody");
    expect((await short.call(SESSION)).status).toBe(200); // renewed by the refresh token
    await other.control("DELETE", `/users/${USERS.nobody.userName}`);
    expect((await short.call(SESSION)).status).toBe(401);
    expect((await call(SESSION)).status).toBe(200);
  });

  test("is kept while Entra ID does not answer a renewal, and the page gets a delay", async () => {
    await using other = await startPortalWorld({ tokenLifetimeSeconds: 60 });
    const { call } = await other.signIn("ada");
    await other.control("POST", "/faults", {
      scope: { service: "entra", operation: "token" },
      effect: { kind: "status", status: 503 },
      count: 1,
    });
    const refused = await call(SESSION);
    expect(refused.status).toBe(503);
    expect(refused.json).toMatchObject({ error: { code: "IdentityProviderUnreachable" } });
    expect((await call(SESSION)).status).toBe(200);
  });

  test("of one person exists in ten browsers at most; the one unused longest is ended", async () => {
    const first = await world.signIn("opal");
    for (let more = 0; more < 9; more += 1) await world.signIn("opal");
    expect((await first.call(SESSION)).status).toBe(200);
    await world.signIn("opal");
    expect((await first.call(SESSION)).status).toBe(401);
  });
});

describe("a request with a good cookie", () => {
  const SIGN_OUT = "/portal/auth/sign-out";

  test.each([
    ["of another origin", { origin: "https://evil.example" }, "origin"],
    ["of another site", { "sec-fetch-site": "cross-site" }, "origin"],
    ["of another host of this site", { "sec-fetch-site": "same-site" }, "origin"],
    ["of an opaque origin", { origin: "null" }, "origin"],
    ["without a token", { "x-csrf-token": "" }, "token"],
    ["with a wrong token", { "x-csrf-token": "A".repeat(43) }, "token"],
  ])("%s changes nothing", async (_what, headers, reason) => {
    const { call } = await world.signIn("ada");
    const refused = await call(SIGN_OUT, { method: "POST", headers });
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({
      error: { code: "CrossSiteRequest", details: [{ code: reason }] },
    });
    expect((await call(SESSION)).status).toBe(200);
  });

  test("of another session's token changes nothing", async () => {
    const ada = await world.signIn("ada");
    const ren = await world.signIn("ren");
    const refused = await ada.call(SIGN_OUT, {
      method: "POST",
      headers: { "x-csrf-token": ren.csrfToken },
    });
    expect(refused.status).toBe(403);
  });

  test("of another site reads nothing", async () => {
    const { call } = await world.signIn("ada");
    const refused = await call(SESSION, { headers: { "sec-fetch-site": "cross-site" } });
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain("Ada");
  });

  test("does not open the API: a cookie opens only the portal's routes", async () => {
    const { browser } = await world.signIn("ada");
    const jobs = `/subscriptions/${world.emulator.subscriptionId}/providers/Microsoft.DataBox/jobs?api-version=2025-07-01`;
    expect((await browser.go(`${world.portalUrl}${jobs}`)).status).toBe(401);
  });
});

test("a session to which a newer replica added a token stays signed in", async () => {
  await using store = await openTestStore(":memory:");
  const seal = createSeal(randomBytes(32));
  const sessions = createSessions({ store, seal, now: () => Date.UTC(2026, 0, 1) });
  const arm = { accessToken: "token", expiresAtMs: 1 };
  const person = { name: "Ada", roles: ["Owner"] };
  const tokens = { arm, unknown: { ...arm, audience: "unknown" } };
  const id = await sessions.open("ada", { ...person, tokens });
  expect((await sessions.find(id))?.content).toEqual({ ...person, tokens: { arm } });
});

test("signing in and out are in the audit trail", async () => {
  const { call } = await world.signIn("ren");
  await call("/portal/auth/sign-out", { method: "POST" });
  using database = openDatabase();
  const rows = database
    .prepare("select row_json from audit where chain = 'broker' order by sequence desc limit 2")
    .pluck()
    .all() as string[];
  expect(rows.map((row) => JSON.parse(row) as unknown)).toMatchObject([
    { action: "portal/sign-out", actor: { name: USERS.ren.userName, address: "127.0.0.1" } },
    { action: "portal/sign-in", actor: { name: "Ren Reader", address: "127.0.0.1" } },
  ]);
});

test("a bearer token is not what opens the portal's API", async () => {
  using browser = world.newBrowser();
  const answer = await browser.go(`${world.portalUrl}${SESSION}`, {
    headers: { authorization: "Bearer x" },
  });
  expect(answer.status).toBe(401);
  expect(answer.json).toMatchObject({ error: { details: [{ code: "no-session" }] } });
});

test("a page opens only with its browser's cookies", async () => {
  using browser = world.newBrowser();
  await expect(openPage(browser, world.portalUrl)).rejects.toThrow("not signed in");
});

function openDatabase(): Database.Database & Disposable {
  const database = new Database(world.databaseFile);
  return Object.assign(database, {
    [Symbol.dispose]() {
      database.close();
    },
  });
}
