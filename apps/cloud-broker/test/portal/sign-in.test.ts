// @module-tag one-engine
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type PortalWorld, startPortalWorld, USERS } from "./portal-world.ts";

let world: PortalWorld;
beforeAll(async () => {
  world = await startPortalWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const setCookies = (answer: { headers: Readonly<Record<string, unknown>> }): string[] =>
  [answer.headers["set-cookie"] ?? []].flat() as string[];
const callbackOf = (url: string, changed: Readonly<Record<string, string>>): string => {
  const target = new URL(url);
  for (const [name, value] of Object.entries(changed)) target.searchParams.set(name, value);
  return target.href;
};

describe("signing in", () => {
  test("ends where the person wanted to go, with a session that scripts cannot read", async () => {
    using browser = world.newBrowser();
    const answer = await browser.signIn(
      world.portalUrl,
      USERS.ada.userName,
      "/portal/orders?state=all",
    );
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toBe("/portal/orders?state=all");
    const cookie = setCookies(answer).find((line) => line.startsWith("__Host-databox="));
    expect(cookie).toMatch(/^__Host-databox=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);

    const session = await browser.go(`${world.portalUrl}/portal/api/session`);
    expect(session.status).toBe(200);
    expect(session.json).toMatchObject({
      name: "Ada Lovelace",
      userName: USERS.ada.userName,
      tenantId: world.emulator.tenantId,
      roles: ["Owner"],
      armUrl: world.emulator.armUrl,
      brokerUrl: world.portalUrl,
      vaultSuffixes: [world.emulator.vaultSuffix],
      readsAccounts: false,
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(session.text).not.toContain("eyJ");
    expect(session.headers["cache-control"]).toBe("no-store");
  });

  test("asks Entra ID for a code by PKCE, with state and nonce, and sends no secret there", async () => {
    using browser = world.newBrowser();
    const { headers } = await browser.go(`${world.portalUrl}/portal/auth/sign-in`);
    const { searchParams, origin } = new URL(String(headers["location"]));
    expect(origin).toBe(world.emulator.authorityUrl);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: world.clientId,
      response_type: "code",
      response_mode: "query",
      redirect_uri: `${world.portalUrl}/portal/auth/callback`,
      scope: `openid profile offline_access ${world.emulator.armUrl}/.default`,
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test("never redirects to another site", async () => {
    using browser = world.newBrowser();
    const answer = await browser.signIn(world.portalUrl, USERS.ada.userName, "//evil.example/");
    expect(answer.headers["location"]).toBe("/portal/");
  });

  test("works in two tabs of one browser at once", async () => {
    using browser = world.newBrowser();
    const first = await browser.authorize(world.portalUrl, USERS.ada.userName, "/portal/first");
    const second = await browser.authorize(world.portalUrl, USERS.ada.userName, "/portal/second");
    expect((await browser.go(first)).headers["location"]).toBe("/portal/first");
    expect((await browser.go(second)).headers["location"]).toBe("/portal/second");
  });

  test("that is begun over and over does not fill the browser's headers", async () => {
    using browser = world.newBrowser();
    for (let round = 0; round < 20; round += 1)
      await browser.go(`${world.portalUrl}/portal/auth/sign-in`);
    expect(browser.cookies.size).toBeLessThanOrEqual(4);
  });

  test("gives another id than the browser held before, and ends what that one was", async () => {
    using browser = world.newBrowser();
    const key = `${new URL(world.portalUrl).host} __Host-databox`;
    await browser.signIn(world.portalUrl, USERS.ada.userName);
    const former = browser.cookies.get(key) ?? "";
    await browser.signIn(world.portalUrl, USERS.ren.userName);
    expect(browser.cookies.get(key)).not.toBe(former);
    using thief = world.newBrowser();
    thief.cookies.set(key, former);
    expect((await thief.go(`${world.portalUrl}/portal/api/session`)).status).toBe(401);
  });

  test("does not accept a planted id", async () => {
    using browser = world.newBrowser();
    const key = `${new URL(world.portalUrl).host} __Host-databox`;
    const planted = "A".repeat(43);
    browser.cookies.set(key, planted);
    await browser.signIn(world.portalUrl, USERS.ada.userName);
    expect(browser.cookies.get(key)).not.toBe(planted);
  });
});

describe("a sign-in that must not succeed", () => {
  test("is one that another browser began (login CSRF)", async () => {
    using attacker = world.newBrowser();
    using victim = world.newBrowser();
    const link = await attacker.authorize(world.portalUrl, USERS.ren.userName);
    const answer = await victim.go(link);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("SignInFailed · attempt-unknown");
    expect(victim.cookies.size).toBe(0);
  });

  test("is one whose code was used already", async () => {
    using browser = world.newBrowser();
    const link = await browser.authorize(world.portalUrl, USERS.ada.userName);
    const kept = new Map(browser.cookies);
    expect((await browser.go(link)).status).toBe(303);
    for (const [name, value] of kept) browser.cookies.set(name, value);
    const again = await browser.go(link);
    expect(again.status).toBe(400);
    expect(again.text).toContain("answer-invalid");
    expect(again.text).toContain("AADSTS54005");
  });

  test("is one with a code of another sign-in", async () => {
    using browser = world.newBrowser();
    const own = await browser.authorize(world.portalUrl, USERS.ada.userName);
    const other = await browser.authorize(world.portalUrl, USERS.ren.userName);
    const code = new URL(other).searchParams.get("code") ?? "";
    const answer = await browser.go(callbackOf(own, { code }));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("AADSTS501481");
  });

  test.each([
    ["without anything", "", "attempt-unknown"],
    ["with an unknown state", "?code=x&state=y", "attempt-unknown"],
    ["with an endless state", `?code=x&state=${"y".repeat(300)}`, "attempt-unknown"],
  ])("is one that comes back %s", async (_how, query, reason) => {
    using browser = world.newBrowser();
    const answer = await browser.go(`${world.portalUrl}/portal/auth/callback${query}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });

  test("is one that Entra ID refused; its words do not become a page of ours", async () => {
    using browser = world.newBrowser();
    const { headers } = await browser.go(`${world.portalUrl}/portal/auth/sign-in`);
    const state = new URL(String(headers["location"])).searchParams.get("state") ?? "";
    const query = new URLSearchParams({
      error: "access_denied",
      error_description: "AADSTS65004: <script>alert(1)</script>",
      state,
    });
    const answer = await browser.go(`${world.portalUrl}/portal/auth/callback?${query.toString()}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("provider-refused");
    expect(answer.text).toContain("(access_denied, AADSTS65004)");
    expect(answer.text).not.toContain("<script");
    expect(answer.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'/,
    );
  });

  test("is one of a portal that Entra ID does not know, and the page says who must act", async () => {
    const application = `/applications/${world.clientId}`;
    const redirectUris = [`${world.portalUrl}/portal/auth/callback`];
    const credential = {
      name: "portal",
      issuer: world.portalUrl,
      audiences: ["api://AzureADTokenExchange"],
    };
    await world.control("PUT", application, {
      redirectUris,
      federatedCredentials: [{ ...credential, subject: "somebody-else" }],
    });
    try {
      using browser = world.newBrowser();
      const answer = await browser.signIn(world.portalUrl, USERS.ada.userName);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain("client-refused");
    } finally {
      await world.control("PUT", application, {
        redirectUris,
        federatedCredentials: [{ ...credential, subject: "portal" }],
      });
    }
  });

  test("is one while Entra ID does not answer, which is not called a refusal", async () => {
    using browser = world.newBrowser();
    const link = await browser.authorize(world.portalUrl, USERS.ada.userName);
    await world.control("POST", "/faults", {
      scope: { service: "entra", operation: "token" },
      effect: { kind: "status", status: 503 },
      count: 1,
    });
    const answer = await browser.go(link);
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("IdentityProviderUnreachable");
    expect((await browser.go(link)).status).toBe(303);
  });
});
