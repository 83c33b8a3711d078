import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";

import type { CallerResources } from "../core/ports.ts";
import { createVerifyTenants } from "./verify-tenants.ts";
import { createTenantKeys, createVerifyToken } from "./verify-token.ts";

const HOME = "11111111-1111-4111-8111-111111111111";
const OTHER = "77777777-7777-4777-8777-777777777777";
const ARM = "https://arm.localhost";
const AUTHORITY = "https://login.localhost";
const now = (): number => Date.parse("2026-01-02T03:04:05Z");

const JUNK = "junk";
const keysOf = {
  [HOME]: await makeKeys("home"),
  [OTHER]: await makeKeys("other"),
  [JUNK]: await makeKeys("junk"),
} as const;
type Tenant = typeof HOME | typeof OTHER;

async function makeKeys(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, jwk };
}

/** A token that says it is of one tenant, issued in the name of one, signed by the keys of one. */
async function tokenOf(
  tid: Tenant,
  iss: Tenant = tid,
  signer: keyof typeof keysOf = tid,
  { audience = ARM, endsIn = 600, kid = keysOf[signer].kid } = {},
): Promise<string> {
  const { privateKey } = keysOf[signer];
  const token = await new SignJWT({ oid: "o", tid, roles: ["Owner", "DataBox.Operator"] })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(`https://sts.windows.net/${iss}/`)
    .setAudience(audience)
    .setNotBefore(now() / 1000 - 5)
    .setExpirationTime(now() / 1000 + endsIn)
    .sign(privateKey);
  return `Bearer ${token}`;
}

const connected = new Set<string>();
const asked: string[] = [];
const verifyOf = (tenantId: string) => {
  const settings = { authorityUrl: AUTHORITY, tenantId, audiences: [ARM], now };
  const keys = createTenantKeys(settings, (url) => {
    asked.push(url);
    const [, named] = /\/([^/]+)\/discovery/.exec(url) ?? [];
    const found = named === HOME || named === OTHER ? [keysOf[named].jwk] : [];
    return Promise.resolve(Response.json({ keys: found }));
  });
  return createVerifyToken(settings, keys);
};
const verify = createVerifyTenants(
  { tenantId: HOME, verify: verifyOf(HOME) },
  () => Promise.resolve(connected),
  verifyOf,
  (token, tenantId) => ({ tenantId, token }) as unknown as CallerResources,
);

test("a tenant that is not connected is refused, and its keys are not fetched", async () => {
  await expect(verify(await tokenOf(OTHER))).rejects.toMatchObject({
    code: "AuthenticationFailed",
  });
  expect(asked.filter((url) => url.includes(OTHER))).toEqual([]);
});

test("a token is checked by the issuer and the keys of its own tenant, and brings no app role of another", async () => {
  connected.add(OTHER);
  expect(await verify(await tokenOf(HOME))).toMatchObject({ roles: ["Owner", "DataBox.Operator"] });
  expect((await verify(await tokenOf(HOME))).own).toBeUndefined();
  expect(await verify(await tokenOf(OTHER))).toMatchObject({
    objectId: "o",
    roles: [],
    own: { tenantId: OTHER },
  });
  for (const [tid, iss, signer] of [
    [OTHER, OTHER, HOME],
    [OTHER, HOME, OTHER],
    [OTHER, HOME, HOME],
    [HOME, OTHER, OTHER],
    [HOME, HOME, OTHER],
    [HOME, OTHER, HOME],
  ] as const)
    await expect(verify(await tokenOf(tid, iss, signer))).rejects.toMatchObject({
      code: "AuthenticationFailed",
    });
});

test("a token that proves nothing does not show whether its tenant is connected", async () => {
  const reasonsOf = async () =>
    Promise.all(
      [
        await tokenOf(OTHER, OTHER, JUNK),
        await tokenOf(OTHER, HOME, JUNK),
        await tokenOf(OTHER, HOME, OTHER),
        await tokenOf(OTHER, OTHER, OTHER, { audience: "https://graph.localhost" }),
        await tokenOf(OTHER, OTHER, JUNK, { endsIn: -600 }),
      ].map((token) =>
        verify(token).catch((error: unknown) => (error as { reason: string }).reason),
      ),
    );
  connected.delete(OTHER);
  const before = await reasonsOf();
  connected.add(OTHER);
  expect(await reasonsOf()).toEqual(before);
  await expect(verify(await tokenOf(OTHER, OTHER, OTHER, { endsIn: -600 }))).rejects.toMatchObject({
    reason: "expired-token",
  });
});

test("junk costs one look-up of keys, whether or not its tenant is connected", async () => {
  await verify(await tokenOf(HOME));
  await verify(await tokenOf(OTHER));
  const fetchesOf = async (kid: string) => {
    const before = asked.length;
    const token = await tokenOf(OTHER, OTHER, JUNK, { kid });
    await expect(verify(token)).rejects.toMatchObject({ reason: "bad-signature" });
    return asked.slice(before).map((url) => (url.includes(OTHER) ? "theirs" : "ours"));
  };
  expect(await fetchesOf("first")).toEqual(["theirs"]);
  connected.delete(OTHER);
  expect(await fetchesOf("second")).toEqual(["ours"]);
});

test("a tenant that is disconnected is refused at once, also with a token that was taken before", async () => {
  connected.add(OTHER);
  const token = await tokenOf(OTHER);
  await verify(token);
  connected.delete(OTHER);
  await expect(verify(token)).rejects.toMatchObject({ code: "AuthenticationFailed" });
});
