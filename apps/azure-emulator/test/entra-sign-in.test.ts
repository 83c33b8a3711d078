import { createHash, randomBytes } from "node:crypto";

import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Answer, startWorld, type World } from "./world.ts";

const CLIENT = "11111111-2222-4333-8444-555555555555";
const SECRET = "the right secret";
const REDIRECT = "https://portal.localhost:8447/callback?from=here";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

let world: World;
let base: string;

beforeAll(async () => {
  world = await startWorld();
  base = `${world.emulator.authorityUrl}/${world.emulator.tenantId}/oauth2/v2.0`;
  await world.control("PUT", `/applications/${CLIENT}`, {
    secret: SECRET,
    displayName: "Portal <script>",
    redirectUris: [REDIRECT, "http://localhost/native"],
  });
  await world.control("PUT", "/users/ada@databox.localhost", {
    password: "correct horse battery",
    displayName: "Ada Lovelace",
    roles: ["DataBox.Reader"],
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const verifier = randomBytes(32).toString("base64url");
const challenge = createHash("sha256").update(verifier).digest("base64url");
const authorization = (): Record<string, string> => ({
  client_id: CLIENT,
  response_type: "code",
  redirect_uri: REDIRECT,
  scope: `openid profile offline_access ${world.emulator.armUrl}/user_impersonation`,
  state: 'a"b',
  nonce: "nonce-1",
  code_challenge: challenge,
  code_challenge_method: "S256",
});
const openPage = (parameters: Record<string, string>): Promise<Answer> =>
  world.send(`${base}/authorize?${new URLSearchParams(parameters).toString()}`);
const signIn = (parameters: Record<string, string>, username = "ada@databox.localhost") =>
  world.send(`${base}/authorize`, {
    method: "POST",
    headers: FORM,
    body: new URLSearchParams({ ...parameters, username }).toString(),
  });
const redeem = (form: Record<string, string>) =>
  world.send(`${base}/token`, {
    method: "POST",
    headers: FORM,
    body: new URLSearchParams({ client_id: CLIENT, client_secret: SECRET, ...form }).toString(),
  });
const redeemCode = (code: string, changed: Record<string, string> = {}) =>
  redeem({
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
    ...changed,
  });
async function newCode(): Promise<string> {
  const answer = await signIn(authorization());
  return new URL(String(answer.headers["location"])).searchParams.get("code") ?? "";
}

const read = (text: string | null | undefined): unknown =>
  JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8"));
const logout = (target: string) =>
  world.send(
    `${base}/logout?${new URLSearchParams({ post_logout_redirect_uri: target, state: "s" }).toString()}`,
  );

describe("the sign-in page", () => {
  test("shows the local users, works without scripts and escapes what it shows", async () => {
    const page = await openPage(authorization());
    expect(page.status).toBe(200);
    expect(page.text).toContain('value="ada@databox.localhost"');
    expect(page.text).toContain("Portal &lt;script&gt;");
    expect(page.text).toContain('name="state" value="a&quot;b"');
    expect(page.text).not.toMatch(/<script/i);
    expect(page.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; img-src data:; style-src 'sha256-[^']+'; form-action 'self' https:\/\/portal\.localhost:8447; frame-ancestors 'none'/,
    );
  });

  test("says so when there is no such user, and keeps the request", async () => {
    const page = await signIn(authorization(), "bob@databox.localhost");
    expect(page.status).toBe(400);
    expect(page.text).toContain("There is no user bob@databox.localhost");
    expect(page.text).toContain(`name="code_challenge" value="${challenge}"`);
  });

  test("sends who cancels back, as a refusal", async () => {
    const answer = await world.send(`${base}/authorize`, {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams({ ...authorization(), cancel: "true" }).toString(),
    });
    const { searchParams, origin } = new URL(String(answer.headers["location"]));
    expect(origin).toBe("https://portal.localhost:8447");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      error: "access_denied",
      error_description: expect.stringContaining("AADSTS65004"),
      state: 'a"b',
    });
    expect(searchParams.has("code")).toBe(false);
  });

  test.each([
    ["an unknown client", { client_id: "99999999-2222-4333-8444-555555555555" }, 700016],
    ["a redirect URI that is not registered", { redirect_uri: "https://evil.example/" }, 50011],
    ["another path of a registered one", { redirect_uri: "https://portal.localhost:8447/" }, 50011],
    ["a short code challenge", { code_challenge: "short" }, 501491],
    ["an unknown response mode", { response_mode: "web_message" }, 90023],
  ])("redirects nobody for %s", async (_, changed, code) => {
    const page = await openPage({ ...authorization(), ...changed });
    expect(page.status).toBe(400);
    expect(page.headers["location"]).toBeUndefined();
    expect(page.text).toContain(`AADSTS${code}`);
  });
});

describe("a client", () => {
  test.each([
    ["a silent sign-in", { prompt: "none" }, "search", "login_required", 50058],
    ["a token", { response_type: "token" }, "hash", "unsupported_response_type", 700051],
    [
      "an id_token",
      { response_type: "code id_token" },
      "hash",
      "unsupported_response_type",
      700054,
    ],
  ] as const)("gets the refusal of %s", async (_, changed, place, error, code) => {
    const answer = await openPage({ ...authorization(), ...changed });
    expect(answer.status).toBe(302);
    const location = new URL(String(answer.headers["location"]));
    expect(location.origin).toBe("https://portal.localhost:8447");
    expect(Object.fromEntries(new URLSearchParams(location[place].slice(1)))).toMatchObject({
      error,
      error_description: expect.stringContaining(`AADSTS${code}: `),
      state: 'a"b',
    });
  });

  test("that asks for it gets what MSAL knows the account by", async () => {
    const asked = { client_info: "1" };
    const answer = await signIn({ ...authorization(), ...asked });
    const { searchParams } = new URL(String(answer.headers["location"]));
    const tokens = (await redeemCode(searchParams.get("code") ?? "", asked)).json as Record<
      string,
      string
    >;
    const account = read(tokens["client_info"]);
    expect(account).toEqual({
      uid: (read(tokens["id_token"]?.split(".")[1]) as { oid: string }).oid,
      utid: world.emulator.tenantId,
    });
    expect(read(searchParams.get("client_info"))).toEqual(account);
  });

  test("of version 1 names a resource, and gets tokens of version 1", async () => {
    const { authorityUrl, tenantId, armUrl } = world.emulator;
    const { scope: _, ...unscoped } = authorization();
    const form = { ...unscoped, resource: armUrl, username: "ada@databox.localhost" };
    const post = (path: string, body: Record<string, string>) =>
      world.send(`${authorityUrl}/${tenantId}/oauth2/${path}`, {
        method: "POST",
        headers: FORM,
        body: new URLSearchParams(body).toString(),
      });
    const signedIn = await post("authorize", form);
    const code = new URL(String(signedIn.headers["location"])).searchParams.get("code") ?? "";
    const { json } = await post("token", {
      client_id: CLIENT,
      client_secret: SECRET,
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    });
    const tokens = json as Record<string, string>;
    const issuer = `https://sts.windows.net/${tenantId}/`;
    expect(decodeJwt(tokens["id_token"] ?? "")).toMatchObject({
      iss: issuer,
      ver: "1.0",
      aud: CLIENT,
      upn: "ada@databox.localhost",
    });
    expect(decodeJwt(tokens["access_token"] ?? "")).toMatchObject({ iss: issuer, aud: armUrl });
    expect(tokens["refresh_token"]).toBeDefined();
  });
});

describe("a signed-in user", () => {
  test("comes back with a code, which gives tokens that verify against the published keys", async () => {
    const answer = await signIn(authorization());
    expect(answer.status).toBe(302);
    const location = new URL(String(answer.headers["location"]));
    expect(location.origin).toBe("https://portal.localhost:8447");
    expect(location.searchParams.get("from")).toBe("here");
    expect(location.searchParams.get("state")).toBe('a"b');

    const tokens = await redeemCode(location.searchParams.get("code") ?? "");
    expect(tokens.status).toBe(200);
    const { id_token: idToken, access_token: accessToken } = tokens.json as Record<string, string>;
    const { json } = await world.send(
      `${world.emulator.authorityUrl}/${world.emulator.tenantId}/discovery/v2.0/keys`,
    );
    const keys = createLocalJWKSet(json as JSONWebKeySet);
    const { payload } = await jwtVerify(idToken ?? "", keys, {
      issuer: `${world.emulator.authorityUrl}/${world.emulator.tenantId}/v2.0`,
      audience: CLIENT,
    });
    expect(payload).toMatchObject({
      name: "Ada Lovelace",
      preferred_username: "ada@databox.localhost",
      nonce: "nonce-1",
      tid: world.emulator.tenantId,
      roles: ["DataBox.Reader"],
    });
    const access = await jwtVerify(accessToken ?? "", keys, { audience: world.emulator.armUrl });
    expect(access.payload).toMatchObject({
      upn: "ada@databox.localhost",
      idtyp: "user",
      oid: payload["oid"],
    });
    const arm = await world.send(`${world.emulator.armUrl}/subscriptions?api-version=2022-12-01`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(arm.status).toBe(200);
  });

  test("is asked by a button in form_post mode, since nothing runs scripts", async () => {
    const page = await signIn({ ...authorization(), response_mode: "form_post" });
    expect(page.text).toContain(`<form method="post" action="${REDIRECT}">`);
    expect(page.text).toContain('name="code"');
  });

  test("gets new tokens by the refresh token, which is not an access token", async () => {
    const first = (await redeemCode(await newCode())).json as Record<string, string>;
    const refreshToken = first["refresh_token"] ?? "";
    const second = await redeem({ grant_type: "refresh_token", refresh_token: refreshToken });
    expect(second.json).toMatchObject({ token_type: "Bearer", id_token: expect.any(String) });
    const narrow = { scope: `${world.emulator.armUrl}/.default` };
    expect(
      (await redeem({ grant_type: "refresh_token", refresh_token: refreshToken, ...narrow })).json,
    ).toMatchObject({ refresh_token: expect.any(String) });
    const misused = await world.send(
      `${world.emulator.armUrl}/subscriptions?api-version=2022-12-01`,
      { headers: { authorization: `Bearer ${refreshToken}` } },
    );
    expect(misused.status).toBe(401);
  });

  test.each([
    ["twice", {}, 54005, true],
    ["with another verifier", { code_verifier: "x".repeat(43) }, 501481, false],
    ["without the verifier", { code_verifier: "" }, 501481, false],
    ["for another redirect URI", { redirect_uri: "http://localhost/native" }, 70000, false],
  ])("cannot redeem a code %s", async (_, changed, code, spend) => {
    const issued = await newCode();
    if (spend) await redeemCode(issued);
    const answer = await redeemCode(issued, changed);
    expect(answer).toMatchObject({ status: 400, json: { error_codes: [code] } });
  });

  test("leaves by logout only to the origin of a registered redirect URI", async () => {
    const allowed = await logout("https://portal.localhost:8447/bye");
    expect(allowed.headers["location"]).toBe("https://portal.localhost:8447/bye?state=s");
    const refused = await logout("https://evil.example/bye");
    expect(refused.status).toBe(200);
    expect(refused.headers["location"]).toBeUndefined();
  });
});

describe("a person of another tenant", () => {
  const TENANT = "7e7e7e7e-1111-4222-8333-444455556666";
  const GRACE = "grace@fabrikam.example";
  const path = () => `${world.emulator.authorityUrl}/${TENANT}/oauth2/v2.0`;
  const register = (isMultiTenant: boolean) =>
    world.control("PUT", `/applications/${CLIENT}`, {
      secret: SECRET,
      redirectUris: [REDIRECT],
      roles: ["Owner"],
      isMultiTenant,
    });
  const post = (what: "authorize" | "token", form: Record<string, string>) =>
    world.send(`${path()}/${what}`, {
      method: "POST",
      headers: FORM,
      body: new URLSearchParams(form).toString(),
    });
  const client = { client_id: CLIENT, client_secret: SECRET };
  const asApplication = () =>
    post("token", {
      ...client,
      grant_type: "client_credentials",
      scope: `${world.emulator.armUrl}/.default`,
    });

  test("signs in to a multi-tenant application, consents by it, and is answered in their tenant", async () => {
    const { armUrl, authorityUrl } = world.emulator;
    await world.control("PUT", `/tenants/${TENANT}`, { displayName: "Fabrikam" });
    await world.control("PUT", `/users/${GRACE}`, {
      password: "correct horse battery",
      tenantId: TENANT,
    });
    await register(false);
    expect(await post("authorize", { ...authorization(), username: GRACE })).toMatchObject({
      status: 400,
      text: expect.stringContaining("AADSTS700016"),
    });
    await register(true);
    expect(await asApplication()).toMatchObject({ json: { error_codes: [700016] } });
    const page = await world.send(
      `${path()}/authorize?${new URLSearchParams(authorization()).toString()}`,
    );
    expect(page.text).toContain("you consent for Fabrikam");
    const signedIn = await post("authorize", { ...authorization(), username: GRACE });
    const code = new URL(String(signedIn.headers["location"])).searchParams.get("code") ?? "";
    const redeemed = await post("token", {
      ...client,
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    });
    const tokens = redeemed.json as Record<string, string>;
    expect(decodeJwt(tokens["id_token"] ?? "")).toMatchObject({ tid: TENANT });
    const authenticated = { headers: { authorization: `Bearer ${tokens["access_token"]}` } };
    expect(
      await world.send(`${armUrl}/tenants?api-version=2022-12-01`, authenticated),
    ).toMatchObject({ json: { value: [{ tenantId: TENANT, defaultDomain: "fabrikam.example" }] } });
    expect(
      await world.send(`${armUrl}/subscriptions?api-version=2022-12-01`, authenticated),
    ).toMatchObject({ status: 200, json: { value: [] } });
    const refreshed = await post("token", {
      ...client,
      grant_type: "refresh_token",
      refresh_token: tokens["refresh_token"] ?? "",
      scope: `${authorityUrl}/.default`,
    });
    const graph = (refreshed.json as Record<string, string>)["access_token"];
    expect(
      await world.send(`${authorityUrl}/v1.0/users`, {
        headers: { authorization: `Bearer ${graph}` },
      }),
    ).toMatchObject({ json: { value: [{ userPrincipalName: GRACE }] } });
    // The application has another principal there, without the roles of its own tenant.
    const { json } = await asApplication();
    const claims = decodeJwt((json as Record<string, string>)["access_token"] ?? "");
    expect(claims).toMatchObject({ tid: TENANT, appid: CLIENT });
    expect(claims["roles"]).toBeUndefined();
  });
});
