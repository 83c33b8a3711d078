import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Answer, startWorld, type World } from "./world.ts";

const SECRET = "the right secret";
const CLIENT = "11111111-2222-4333-8444-555555555555";
const PUBLIC_CLIENT = "22222222-2222-4333-8444-555555555555";
const ABSENT = "99999999-2222-4333-8444-555555555555";

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.control("PUT", `/applications/${CLIENT}`, {
    secret: SECRET,
    roles: ["DataBox.Operator"],
  });
  await world.control("PUT", `/applications/${PUBLIC_CLIENT}`, {
    redirectUris: ["http://localhost/callback"],
  });
  await world.control("PUT", "/users/ada@databox.localhost", {
    password: "correct horse battery",
    displayName: "Ada",
  });
});
afterAll(() => world[Symbol.asyncDispose]());

type Form = Readonly<Record<string, string>>;

function requestToken(
  form: Form | string,
  options: { tenant?: string; version?: "v1" | "v2"; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { tenant = world.emulator.tenantId, version = "v2", headers = {} } = options;
  return world.send(
    `${world.emulator.authorityUrl}/${tenant}/oauth2/${version === "v2" ? "v2.0/" : ""}token`,
    {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
    },
  );
}
const good = (): Form => ({
  grant_type: "client_credentials",
  client_id: CLIENT,
  client_secret: SECRET,
  scope: `${world.emulator.armUrl}/.default`,
});
const without = (...names: string[]): Form =>
  Object.fromEntries(Object.entries(good()).filter(([name]) => !names.includes(name)));

describe("a refused token request", () => {
  const ASSERTION = {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: "not.a.jwt",
  };
  test.each<[name: string, form: () => Form | string, code: number, error: string, status: number]>(
    [
      ["without a grant type", () => without("grant_type"), 900144, "invalid_request", 400],
      [
        "with another grant type",
        () => ({ ...good(), grant_type: "saml" }),
        70003,
        "unsupported_grant_type",
        400,
      ],
      ["without a client", () => without("client_id"), 900144, "invalid_request", 400],
      [
        "of an unknown client",
        () => ({ ...good(), client_id: ABSENT }),
        700016,
        "unauthorized_client",
        400,
      ],
      [
        "with a wrong secret",
        () => ({ ...good(), client_secret: "x" }),
        7000215,
        "invalid_client",
        401,
      ],
      ["without any proof", () => without("client_secret"), 7000216, "invalid_client", 401],
      ["without a scope", () => without("scope"), 900144, "invalid_request", 400],
      [
        "with a scope that is no /.default",
        () => ({ ...good(), scope: "openid" }),
        1002012,
        "invalid_scope",
        400,
      ],
      [
        "with two scopes",
        () => ({ ...good(), scope: "https://a/.default https://b/.default" }),
        1002012,
        "invalid_scope",
        400,
      ],
      [
        "for an unknown resource",
        () => ({ ...good(), scope: "https://nowhere.example/.default" }),
        500011,
        "invalid_resource",
        400,
      ],
      [
        "with a malformed assertion",
        () => ({ ...without("client_secret"), ...ASSERTION }),
        50027,
        "invalid_request",
        400,
      ],
      [
        "with another assertion type",
        () => ({ ...without("client_secret"), ...ASSERTION, client_assertion_type: "saml" }),
        9002313,
        "invalid_request",
        400,
      ],
      [
        "with a repeated parameter",
        () => `${new URLSearchParams(good()).toString()}&scope=again`,
        9002313,
        "invalid_request",
        400,
      ],
      [
        "with an oversized parameter",
        () => ({ ...good(), scope: "x".repeat(3_000) }),
        9002313,
        "invalid_request",
        400,
      ],
      [
        "with a code that was never issued",
        () => ({
          ...good(),
          grant_type: "authorization_code",
          code: "x",
          redirect_uri: "http://localhost/callback",
        }),
        70000,
        "invalid_grant",
        400,
      ],
      [
        "with a refresh token that was never issued",
        () => ({ ...good(), grant_type: "refresh_token", refresh_token: "x" }),
        70000,
        "invalid_grant",
        400,
      ],
      [
        "of a user with a wrong password",
        () => ({
          ...good(),
          grant_type: "password",
          username: "ada@databox.localhost",
          password: "x",
        }),
        50126,
        "invalid_grant",
        400,
      ],
      [
        "of an unknown user",
        () => ({
          ...good(),
          grant_type: "password",
          username: "bob@databox.localhost",
          password: "x",
        }),
        50034,
        "invalid_grant",
        400,
      ],
    ],
  )("%s has its AADSTS number", async (_, form, code, error, status) => {
    const answer = await requestToken(form(), { headers: { "client-request-id": ABSENT } });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({
      error,
      error_description: expect.stringMatching(
        new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: ${ABSENT} Timestamp: .+Z$`),
      ),
      error_codes: [code],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: answer.headers["x-ms-request-id"],
      correlation_id: ABSENT,
      error_uri: `${world.emulator.authorityUrl}/error?code=${code}`,
    });
    expect(answer.text).not.toContain(SECRET);
  });

  test.each([
    [ABSENT, 90002],
    ["absent.example", 90002],
    ["no-domain", 900023],
  ])("in the tenant %s, which is not there, is AADSTS%d", async (tenant, code) => {
    expect(await requestToken(good(), { tenant })).toMatchObject({
      status: 400,
      json: { error: "invalid_request", error_codes: [code] },
    });
  });

  test.each(["consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"])(
    "as %s has no application: there are no personal accounts here",
    async (tenant) => {
      expect(await requestToken(good(), { tenant })).toMatchObject({
        status: 400,
        json: { error: "unauthorized_client", error_codes: [700016] },
      });
    },
  );

  test.each([
    ["AADSTS90033", 503, "temporarily_unavailable", [90033]],
    ["53003", 400, "invalid_grant", [53003]],
    ["slow_down", 400, "slow_down", []],
  ])("by an injected fault %s has its own number", async (code, status, error, codes) => {
    await world.control("POST", "/faults", {
      scope: { service: "entra", operation: "token" },
      count: 1,
      effect: { kind: "status", status, code },
    });
    const refused = await requestToken(good());
    expect(refused).toMatchObject({ status, json: { error, error_codes: codes } });
    expect((await requestToken(good())).status).toBe(200);
  });
});

const here = (text: string) => text.replace("https://vault.example", world.emulator.armUrl);

describe("a token request", () => {
  test.each([
    ["https://vault.example", "https://vault.example/.default"],
    ["https://vault.example/", "https://vault.example//.default"],
  ])("gets the audience %s for the scope %s", async (audience, scope) => {
    const answer = await requestToken({ ...good(), scope: here(scope) });
    expect(claimsOf(answer)).toMatchObject({ aud: here(audience), roles: ["DataBox.Operator"] });
  });

  test("may prove the client by Basic authentication", async () => {
    const basic = Buffer.from(`${CLIENT}:${encodeURIComponent(SECRET)}`).toString("base64");
    const answer = await requestToken(without("client_id", "client_secret"), {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(answer.json).toMatchObject({ token_type: "Bearer", expires_in: 3_599 });
  });

  test("comes from any GUID, also one that is not a UUID of RFC 9562", async () => {
    const id = "11111111-1111-1111-1111-111111111111";
    await world.control("PUT", `/applications/${id}`, { secret: SECRET, objectId: id });
    const answer = await requestToken({ ...good(), client_id: id });
    expect(claimsOf(answer)).toMatchObject({ appid: id, oid: id });
  });

  test("may ask for the scopes of OpenID Connect besides, as MSAL for Go and Java do", async () => {
    const scope = `${world.emulator.armUrl}/.default openid offline_access profile`;
    expect(await requestToken({ ...good(), scope })).toMatchObject({
      status: 200,
      json: { token_type: "Bearer", expires_in: 3_599 },
    });
  });

  test("of version 1 names a resource and gets numbers as text", async () => {
    const answer = await requestToken(
      { ...without("scope"), resource: world.emulator.armUrl },
      { version: "v1" },
    );
    expect(answer.json).toMatchObject({
      expires_in: "3599",
      expires_on: expect.stringMatching(/^\d+$/),
      resource: world.emulator.armUrl,
    });
  });

  test("is never cached", async () => {
    const answer = await requestToken(good());
    expect(answer.headers["cache-control"]).toBe("no-store, no-cache");
  });
});

const discover = (path: string): Promise<Answer> =>
  world.send(`${world.emulator.authorityUrl}/${path}.well-known/openid-configuration`);

describe("discovery", () => {
  test.each(["id", "domain"])("by %s names endpoints by the id, and its issuer", async (by) => {
    const { authorityUrl, tenantId } = world.emulator;
    const tenant = by === "id" ? tenantId : "DataBox.localhost";
    const issuers = {
      "v2.0/": `${authorityUrl}/${tenantId}/v2.0`,
      // Of access tokens, which are of version 1.
      "": `https://sts.windows.net/${tenantId}/`,
    };
    for (const [version, issuer] of Object.entries(issuers)) {
      const document = (await discover(`${tenant}/${version}`)).json as Record<string, string>;
      expect(document["issuer"]).toBe(issuer);
      for (const name of ["token_endpoint", "authorization_endpoint", "end_session_endpoint"])
        expect(document[name]).toContain(`${authorityUrl}/${tenantId}/`);
      const keys = await world.send(document["jwks_uri"] ?? "");
      expect(keys.json).toMatchObject({ keys: [{ kty: "RSA", use: "sig" }] });
      const { kid, x5t } = (keys.json as { keys: { kid: string; x5t: string }[] }).keys[0] ?? {};
      expect(x5t).toBe(kid);
    }
  });

  test("by the domain of another tenant's users is of that tenant", async () => {
    await world.control("PUT", `/tenants/${ABSENT.replace("9999", "8888")}`, {
      displayName: "Fabrikam",
    });
    await world.control("PUT", "/users/grace@fabrikam.example", {
      password: "correct horse battery",
      tenantId: ABSENT.replace("9999", "8888"),
    });
    const { json } = await discover("fabrikam.example/v2.0/");
    expect(json).toMatchObject({
      issuer: `${world.emulator.authorityUrl}/${ABSENT.replace("9999", "8888")}/v2.0`,
    });
  });

  test("of a tenant that is not there says so", async () => {
    expect(await discover("absent.example/v2.0/")).toMatchObject({
      status: 400,
      json: { error: "invalid_tenant", error_codes: [90002] },
    });
  });

  test("of personal accounts has their tenant's issuer, and their own endpoints", async () => {
    const { authorityUrl } = world.emulator;
    expect((await discover("consumers/v2.0/")).json).toMatchObject({
      issuer: `${authorityUrl}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
      token_endpoint: `${authorityUrl}/consumers/oauth2/v2.0/token`,
    });
  });

  test.each([
    ["ada@databox.localhost", { account_type: "Managed", domain_name: "databox.localhost" }],
    ["ada@nowhere.example", { account_type: "Unknown" }],
  ])("of the realm of %s: MSAL sends no password before", async (user, realm) => {
    const { authorityUrl } = world.emulator;
    const answer = await world.send(`${authorityUrl}/common/UserRealm/${user}?api-version=1.0`);
    expect(answer.json).toEqual({
      ver: "1.0",
      ...realm,
      cloud_instance_name: new URL(authorityUrl).host,
      cloud_audience_urn: "urn:federation:MicrosoftOnline",
    });
  });

  test("of the shared authorities has a template for an issuer", async () => {
    const answer = await world.send(
      `${world.emulator.authorityUrl}/organizations/v2.0/.well-known/openid-configuration`,
    );
    expect(answer.json).toMatchObject({ issuer: expect.stringContaining("/{tenantid}/v2.0") });
  });

  test("of the instance names this authority only", async () => {
    const { authorityUrl } = world.emulator;
    const { host } = new URL(authorityUrl);
    const answer = await world.send(
      `${authorityUrl}/common/discovery/instance?api-version=1.1&authorization_endpoint=${authorityUrl}`,
    );
    expect(answer.json).toMatchObject({
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
  });
});

function claimsOf(answer: Answer): Record<string, unknown> {
  const { access_token: token = "" } = answer.json as { access_token?: string };
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;
}
