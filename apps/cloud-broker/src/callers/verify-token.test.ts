import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";

import { createTokenIssuer } from "../../test/world/token-issuer.ts";
import { armAudiences, createTenantKeys, createVerifyToken } from "./verify-token.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const ARM = "https://arm.localhost:8443";
const now = (): number => Date.parse("2026-01-02T03:04:05Z");

const issuer = await createTokenIssuer(TENANT, () => ARM, now);
const settings = {
  authorityUrl: "https://login.localhost:8443",
  tenantId: TENANT,
  audiences: armAudiences([ARM, "https://management.core.windows.net"]),
  now,
};
const verify = createVerifyToken(settings, issuer.keys);
const bearer = async (token: Promise<string>): Promise<string> => `Bearer ${await token}`;

describe("tokens that are good", () => {
  test.each([
    ["v1 issuer", {}],
    ["v2 issuer of the authority", { iss: `https://login.localhost:8443/${TENANT}/v2.0` }],
    ["v2 issuer of the public cloud", { iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }],
    ["audience with a final slash", { aud: `${ARM}/` }],
    ["another name of Resource Manager", { aud: "https://management.core.windows.net" }],
    ["the same with a final slash", { aud: "https://management.core.windows.net/" }],
    ["expired within the tolerance", { expSeconds: -20 }],
  ])("%s", async (_name, claims) => {
    const caller = await verify(await bearer(issuer.token({ roles: ["Reader"], ...claims })));
    expect(caller).toEqual({
      objectId: "22222222-2222-4222-8222-222222222222",
      name: "33333333-3333-4333-8333-333333333333",
      applicationId: "33333333-3333-4333-8333-333333333333",
      isPerson: true,
      roles: ["Reader"],
    });
  });
});

describe("a person is proven", () => {
  const V2 = { iss: `https://login.microsoftonline.com/${TENANT}/v2.0` };
  test.each([
    ["by a v1 token of a sign-in", true, {}],
    ["by a v2 token without idtyp", true, { ...V2, more: { idtyp: undefined } }],
    ["not by an application's token", false, { isApplication: true }],
    [
      "not by a v2 token of an application without idtyp",
      false,
      { ...V2, isApplication: true, more: { idtyp: undefined } },
    ],
    ["not by app roles alone", false, { more: { scp: undefined } }],
    ["not by an empty scope", false, { more: { scp: " " } }],
    ["not by scopes that are no text", false, { more: { scp: ["user_impersonation"] } }],
    ["not without a subject", false, { more: { sub: undefined } }],
    ["not by a subject that is the object", false, { oid: "o-1", more: { sub: "o-1" } }],
    ["not by a scope in an application's token", false, { more: { idtyp: "app" } }],
    ["not by a type that is not known", false, { more: { idtyp: "device" } }],
    ["not by an agent's own account", false, { more: { xms_sub_fct: "9 3 13" } }],
    ["not by an agent that acts for a person", false, { more: { xms_act_fct: "3 11" } }],
  ])("%s", async (_name, isPerson, claims) => {
    expect((await verify(await bearer(issuer.token(claims)))).isPerson).toBe(isPerson);
  });
});

const foreign = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair("RS256");
  return new SignJWT({ oid: "o", tid: TENANT })
    .setProtectedHeader({ alg: "RS256", kid: "entra-1" })
    .setIssuer(`https://sts.windows.net/${TENANT}/`)
    .setAudience(ARM)
    .setNotBefore(now() / 1000 - 5)
    .setExpirationTime(now() / 1000 + 60)
    .sign(privateKey);
};
const symmetric = (): Promise<string> =>
  new SignJWT({ oid: "o", tid: TENANT })
    .setProtectedHeader({ alg: "HS256", kid: "entra-1" })
    .setIssuer(`https://sts.windows.net/${TENANT}/`)
    .setAudience(ARM)
    .setNotBefore(now() / 1000 - 5)
    .setExpirationTime(now() / 1000 + 60)
    .sign(new Uint8Array(32));
const unsigned = (): Promise<string> =>
  Promise.resolve(
    new UnsecuredJWT({ oid: "o", tid: TENANT })
      .setIssuer(`https://sts.windows.net/${TENANT}/`)
      .setAudience(ARM)
      .encode(),
  );

describe("tokens that are refused", () => {
  test.each<[string, () => Promise<string>, string]>([
    ["expired", () => issuer.token({ expSeconds: -3600 }), "expired-token"],
    // Evidence: A dropped expiry check.
    ["without an end", () => issuer.token({ endless: true }), "malformed-token"],
    ["not valid yet", () => issuer.token({ nbfSeconds: 3600 }), "expired-token"],
    [
      "for another audience",
      () => issuer.token({ aud: "https://vault.azure.net" }),
      "wrong-audience",
    ],
    [
      "for a name of Resource Manager that is not configured",
      () => issuer.token({ aud: "https://management.azure.com" }),
      "wrong-audience",
    ],
    [
      "of another issuer",
      () => issuer.token({ iss: "https://sts.windows.net/other/" }),
      "wrong-issuer",
    ],
    [
      "of another tenant",
      () => issuer.token({ tid: "99999999-9999-4999-8999-999999999999" }),
      "wrong-issuer",
    ],
    ["signed by another key of the same name", foreign, "bad-signature"],
    ["signed with a shared secret", symmetric, "bad-signature"],
    ["not signed at all", unsigned, "bad-signature"],
    ["garbage", () => Promise.resolve("not.a.token"), "malformed-token"],
    ["without an object id", () => issuer.token({ oid: "" }), "malformed-token"],
    [
      "with an object id that could forge a log line",
      () => issuer.token({ oid: "a\nb" }),
      "malformed-token",
    ],
    ["too long", () => Promise.resolve("a".repeat(20_000)), "malformed-token"],
  ])("%s", async (_name, token, reason) => {
    await expect(verify(`Bearer ${await token()}`)).rejects.toMatchObject({
      code: "AuthenticationFailed",
      reason,
    });
  });

  test.each([
    [undefined, "missing-token"],
    ["", "missing-token"],
    ["Basic dXNlcjpwYXNz", "malformed-token"],
    ["Bearer", "malformed-token"],
    ["Bearer a b", "malformed-token"],
    // Evidence: Algorithm confusion.
  ])("header %j", async (header, reason) => {
    await expect(verify(header)).rejects.toMatchObject({ code: "AuthenticationFailed", reason });
  });
});

// Evidence: A dropped expiry check.
test("a token that was good is refused once it has expired", async () => {
  const clock = { nowMs: now() };
  const ticking = createVerifyToken({ ...settings, now: () => clock.nowMs }, issuer.keys);
  const header = await bearer(issuer.token({ expSeconds: 20 }));
  await ticking(header);
  clock.nowMs += 19_000;
  await ticking(header);
  clock.nowMs += 60_000;
  await expect(ticking(header)).rejects.toMatchObject({ reason: "expired-token" });
});

describe("without the tenant's keys no caller is refused: the answer is unreachable", () => {
  test.each<[string, () => Promise<Response>]>([
    ["no connection", () => Promise.reject(new TypeError("fetch failed"))],
    ["a server error", () => Promise.resolve(new Response("", { status: 503 }))],
    ["something other than a key set", () => Promise.resolve(new Response("<html>"))],
  ])("%s", async (_name, fetch) => {
    const keys = createTenantKeys(settings, fetch);
    await expect(
      createVerifyToken(settings, keys)(await bearer(issuer.token())),
    ).rejects.toMatchObject({ code: "IdentityProviderUnreachable", reason: "entra" });
  });

  test("keys are fetched once, from the tenant's own address", async () => {
    const asked: string[] = [];
    const keys = createTenantKeys(settings, (url) => {
      asked.push(url);
      return Promise.resolve(Response.json({ keys: [] }));
    });
    const verifyRemote = createVerifyToken(settings, keys);
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(verifyRemote(await bearer(issuer.token()))).rejects.toMatchObject({
        reason: "bad-signature",
      });
    expect(asked).toEqual([`https://login.localhost:8443/${TENANT}/discovery/v2.0/keys`]);
  });
});

const newKey = async (kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const sign = () =>
    new SignJWT({ oid: "o", tid: TENANT })
      .setProtectedHeader({ alg: "RS256", kid })
      .setIssuer(`https://sts.windows.net/${TENANT}/`)
      .setAudience(ARM)
      .setNotBefore(now() / 1000 - 5)
      .setExpirationTime(now() / 1000 + 600)
      .sign(privateKey);
  return { sign, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
};

/** Entra with its first key, whose set was fetched. */
async function begin() {
  const clock = { nowMs: now() };
  const first = await newKey("first");
  const entra = { keys: [first.jwk], fetches: 0 };
  const ticking = { ...settings, now: () => clock.nowMs };
  const keys = createTenantKeys(ticking, () => {
    entra.fetches += 1;
    return Promise.resolve(Response.json({ keys: entra.keys }));
  });
  const check = createVerifyToken(ticking, keys);
  await check(await bearer(first.sign()));
  return { clock, entra, check };
}

describe("after the tenant has rotated its keys", () => {
  // Evidence: A failure under a wrong name.
  test("valid tokens are taken at once, all of them by one fetch", async () => {
    const { entra, check } = await begin();
    const second = await newKey("second");
    entra.keys = [second.jwk];
    const tokens = await Promise.all(Array.from({ length: 20 }, () => bearer(second.sign())));
    const callers = await Promise.all(tokens.map((token) => check(token)));
    expect(callers.map(({ objectId }) => objectId)).toEqual(tokens.map(() => "o"));
    expect(entra.fetches).toBe(2);
  });

  // Evidence: A failure under a wrong name.
  test("tokens with junk kids cause few fetches, and do not keep a valid one out for long", async () => {
    const { clock, entra, check } = await begin();
    for (let index = 0; index < 200; index += 1) {
      const junk = await signJunk(`junk-${String(index)}`);
      await expect(check(`Bearer ${junk}`)).rejects.toMatchObject({ reason: "bad-signature" });
      await expect(check(`Bearer ${junk}`)).rejects.toMatchObject({ reason: "bad-signature" });
    }
    expect(entra.fetches).toBe(1 + 5);
    const second = await newKey("second");
    entra.keys = [second.jwk];
    clock.nowMs += 2_000;
    await check(await bearer(second.sign()));
    expect(entra.fetches).toBe(1 + 5 + 1);
  });
});

const JUNK = await generateKeyPair("RS256");
const signJunk = (kid: string): Promise<string> =>
  new SignJWT({ oid: "o", tid: TENANT })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(`https://sts.windows.net/${TENANT}/`)
    .setAudience(ARM)
    .setNotBefore(now() / 1000 - 5)
    .setExpirationTime(now() / 1000 + 600)
    .sign(JUNK.privateKey);
