import { generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Answer, type Principal, startWorld, type World } from "./world.ts";

const QUERY = "?api-version=2025-07-01";
const DAY_SECONDS = 86_400;
let world: World;
let vaultUrl: string;
let stranger: Principal;
let reader: Principal;
let wrapped: string;

type Case = {
  readonly when: string;
  readonly call: () => Promise<Answer>;
  readonly status: number;
  readonly code: string;
  readonly inner?: string;
  readonly message: string | (() => string) | RegExp;
};

const hostOf = ({ hostname: host, port }: URL) => ({ host, port });
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const keyUrl = (name: string): string => `${vaultUrl}/keys/${name}`;
const create = (name: string, body: object = {}, url = vaultUrl): Promise<Answer> =>
  world.callVault(`${url}/keys/${name}/create${QUERY}`, {
    method: "POST",
    body: { kty: "RSA", ...body },
  });
const use = (
  name: string,
  operation: string,
  body: object = { alg: "RSA-OAEP-256", value: wrapped },
): Promise<Answer> =>
  world.callVault(`${keyUrl(name)}//${operation}${QUERY}`, { method: "POST", body });
const callerOf = ({ clientId, objectId }: Principal): string =>
  `appid=${clientId};oid=${objectId};iss=https://sts.windows.net/${world.emulator.tenantId}/`;
const get = (path: string, headers: Record<string, string> = {}, url = vaultUrl): Promise<Answer> =>
  world.send(`${url}${path}`, { headers });

const encodePart = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
/** A well-formed token that no known key has signed. */
function forgeToken(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const content = `${encodePart({ alg: "RS256", kid: "unknown", typ: "JWT" })}.${encodePart({ aud: "x" })}`;
  return `${content}.${sign("sha256", Buffer.from(content), privateKey).toString("base64url")}`;
}
/** The expected message: a pattern that matches replaces the message itself. */
function expectedText(message: Case["message"], found: string): string {
  const text = typeof message === "function" ? message() : message;
  if (!(text instanceof RegExp)) return text;
  return text.test(found) ? found : text.source;
}

beforeAll(async () => {
  world = await startWorld();
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  stranger = await world.createPrincipal();
  reader = await world.createPrincipal();
  vaultUrl = await world.createVault("refusing", {}, [
    { objectId: reader.objectId, keys: ["get"] },
  ]);
  await create("good");
  const value = randomBytes(32).toString("base64url");
  const answer = await use("good", "wrapkey", { alg: "RSA-OAEP-256", value });
  wrapped = (answer.json as { value: string }).value;
  await Promise.all([
    create("disabled", { attributes: { enabled: false } }),
    create("expired", { attributes: { exp: nowSeconds() - DAY_SECONDS } }),
    create("future", { attributes: { nbf: nowSeconds() + DAY_SECONDS } }),
    create("wrap-only", { key_ops: ["wrapKey"] }),
    create("deleted"),
    create("other"),
  ]);
  await world.callVault(`${keyUrl("deleted")}${QUERY}`, { method: "DELETE" });
  await Promise.all([
    world.createVault("roles", { enableRbacAuthorization: true, accessPolicies: [] }),
    world.createVault("walled", {
      networkAcls: {
        defaultAction: "Deny",
        bypass: "AzureServices",
        ipRules: [{ value: "198.51.100.0/24" }],
      },
    }),
    world.createVault("bunker", { networkAcls: { defaultAction: "Deny", bypass: "None" } }),
    world.createVault("private", { publicNetworkAccess: "Disabled" }),
    world.createVault("sealed", {
      publicNetworkAccess: "Disabled",
      networkAcls: { defaultAction: "Deny", bypass: "None" },
    }),
    world.createVault("protected", { enablePurgeProtection: true }),
  ]);
  await create("kept", {}, urlOf("protected"));
  await world.callVault(`${urlOf("protected")}/keys/kept${QUERY}`, { method: "DELETE" });
});
afterAll(() => world[Symbol.asyncDispose]());

const urlOf = (name: string): string => `https://${name}.${world.emulator.vaultSuffix}`;
const KEY_NOT_FOUND = (name: string): string =>
  `A key with (name/id) ${name} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`;
const tokenFor = async (
  resource: string,
  principal: Principal = world.owner,
): Promise<Record<string, string>> => ({
  authorization: `Bearer ${(await principal.credential.getToken(`${resource}/.default`)).token}`,
});

const CASES: readonly Case[] = [
  {
    when: "there is no token",
    call: () => get(`/keys/good${QUERY}`),
    status: 401,
    code: "Unauthorized",
    message: "AKV10000: Request is missing a Bearer or PoP token.",
  },
  {
    when: "the token is for Resource Manager",
    call: async () => get(`/keys/good${QUERY}`, await tokenFor(world.emulator.armUrl)),
    status: 401,
    code: "Unauthorized",
    message: () =>
      `AKV10022: Invalid audience. Expected ${world.emulator.vaultAudience}, found: ${world.emulator.armUrl}.`,
  },
  {
    when: "the vault has moved to another tenant",
    call: async () => {
      const tenantId = "99999999-8888-4777-8666-555555555555";
      await world.control("PUT", `/tenants/${tenantId}`, { displayName: "elsewhere" });
      const url = await world.createVault("moved");
      await world.arm.vaults.update(world.emulator.resourceGroup, "moved", {
        properties: { tenantId, accessPolicies: [] },
      });
      return world.callVault(`${url}/keys/good${QUERY}`);
    },
    status: 401,
    code: "Unauthorized",
    message: () =>
      `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/99999999-8888-4777-8666-555555555555/, found https://sts.windows.net/${world.emulator.tenantId}/.`,
  },
  {
    when: "an unknown issuer has signed the token",
    call: () => get(`/keys/good${QUERY}`, { authorization: `Bearer ${forgeToken()}` }),
    status: 401,
    code: "Unauthorized",
    message:
      /^AKV10046: Unable to resolve the key used for signature validation\. EncodedJwtHeader: '[\w-]+'\.$/u,
  },
  {
    when: "the key does not exist",
    call: () => world.callVault(`${keyUrl("nothing")}/${QUERY}`),
    status: 404,
    code: "KeyNotFound",
    message: KEY_NOT_FOUND("nothing"),
  },
  {
    when: "the key is deleted",
    call: () => world.callVault(`${keyUrl("deleted")}${QUERY}`),
    status: 404,
    code: "KeyNotFound",
    message: KEY_NOT_FOUND("deleted"),
  },
  {
    when: "a deleted key is used",
    call: () => use("deleted", "unwrapkey"),
    status: 404,
    code: "KeyNotFound",
    message: KEY_NOT_FOUND("deleted"),
  },
  {
    when: "an unknown key is recovered",
    call: () =>
      world.callVault(`${vaultUrl}/deletedkeys/nothing/recover${QUERY}`, { method: "POST" }),
    status: 404,
    code: "KeyNotFound",
    message: KEY_NOT_FOUND("nothing"),
  },
  {
    when: "the version does not exist",
    call: () => world.callVault(`${keyUrl("good")}/${"0".repeat(32)}${QUERY}`),
    status: 404,
    code: "KeyNotFound",
    message: KEY_NOT_FOUND(`good/${"0".repeat(32)}`),
  },
  {
    when: "a live key is read as a deleted one",
    call: () => world.callVault(`${vaultUrl}/deletedkeys/good${QUERY}`),
    status: 404,
    code: "KeyNotFound",
    message: "Deleted Key not found: good",
  },
  {
    when: "a key is created over a deleted one",
    call: () => create("deleted"),
    status: 409,
    code: "Conflict",
    inner: "ObjectIsDeletedButRecoverable",
    message:
      "Key deleted is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.",
  },
  ...["unwrapKey", "decrypt", "wrapKey", "encrypt"].map((operation): Case => ({
    when: `${operation} meets a disabled key`,
    call: () => use("disabled", operation.toLowerCase()),
    status: 403,
    code: "Forbidden",
    inner: "KeyDisabled",
    message: `Operation ${operation} is not allowed on a disabled key.`,
  })),
  {
    when: "sign meets a disabled key",
    call: () =>
      use("disabled", "sign", { alg: "RS256", value: randomBytes(32).toString("base64url") }),
    status: 403,
    code: "Forbidden",
    inner: "KeyDisabled",
    message: "Operation sign is not allowed on a disabled key.",
  },
  {
    when: "verify meets a disabled key",
    call: () =>
      use("disabled", "verify", {
        alg: "RS256",
        digest: randomBytes(32).toString("base64url"),
        value: wrapped,
      }),
    status: 403,
    code: "Forbidden",
    inner: "KeyDisabled",
    message: "Operation verify is not allowed on a disabled key.",
  },
  ...["wrapKey", "encrypt"].flatMap((operation): Case[] => [
    {
      when: `${operation} meets an expired key`,
      call: () => use("expired", operation.toLowerCase()),
      status: 403,
      code: "Forbidden",
      inner: "KeyExpired",
      message: `Operation ${operation} is not allowed on an expired key.`,
    },
    {
      when: `${operation} meets a key that is not yet valid`,
      call: () => use("future", operation.toLowerCase()),
      status: 403,
      code: "Forbidden",
      inner: "KeyNotYetValid",
      message: `Operation ${operation} is not allowed on a key that is not yet valid.`,
    },
  ]),
  {
    when: "the operation is not among the key's",
    call: () => use("wrap-only", "decrypt"),
    status: 403,
    code: "Forbidden",
    inner: "KeyOperationForbidden",
    message: "Operation decrypt is not permitted on this key.",
  },
  {
    when: "no access policy gives the permission",
    call: () => world.callVault(`${keyUrl("good")}${QUERY}`, { principal: stranger }),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByPolicy",
    message: () =>
      `The user, group or application '${callerOf(stranger)}' does not have keys get permission on key vault 'refusing;location=westus'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
  },
  {
    when: "a policy gives get and not unwrapKey",
    call: () =>
      world.callVault(`${keyUrl("good")}//unwrapkey${QUERY}`, {
        method: "POST",
        body: { alg: "RSA-OAEP-256", value: wrapped },
        principal: reader,
      }),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByPolicy",
    message: () =>
      `The user, group or application '${callerOf(reader)}' does not have keys unwrapkey permission on key vault 'refusing;location=westus'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
  },
  {
    when: "no role assignment gives the action",
    call: () => world.callVault(`${urlOf("roles")}/keys/good${QUERY}`),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByRbac",
    message: () =>
      `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: ${callerOf(world.owner)}\r\nAction: 'Microsoft.KeyVault/vaults/keys/read'\r\nResource: '/subscriptions/${world.emulator.subscriptionId}/resourcegroups/databox-demo/providers/microsoft.keyvault/vaults/roles'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\nVault: roles;location=westus\r\n`,
  },
  {
    when: "the firewall does not know the address",
    call: () => world.callVault(`${urlOf("walled")}/keys/good${QUERY}`),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByFirewall",
    message: () =>
      `Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.10\r\nCaller: ${callerOf(world.owner)}\r\nVault: walled;location=westus`,
  },
  {
    when: "the firewall has no bypass",
    call: () => world.callVault(`${urlOf("bunker")}/keys/good${QUERY}`),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByFirewall",
    message: () =>
      `Request was not allowed by NSP rules and the client address is not authorized and caller was ignored because bypass is set to None\r\nClient address: 203.0.113.10\r\nCaller: ${callerOf(world.owner)}\r\nVault: bunker;location=westus`,
  },
  {
    when: "public network access is disabled",
    call: () => world.callVault(`${urlOf("private")}/keys/good${QUERY}`),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByConnection",
    message: () =>
      `Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nCaller: ${callerOf(world.owner)}\r\nVault: private;location=westus`,
  },
  {
    when: "public network access is disabled, without bypass",
    call: () => world.callVault(`${urlOf("sealed")}/keys/good${QUERY}`),
    status: 403,
    code: "Forbidden",
    inner: "ForbiddenByConnection",
    message:
      /^Connection is not an approved private link and caller was ignored because bypass is not set to 'AzureServices' and PublicNetworkAccess is set to 'Disabled'\./u,
  },
  {
    when: "the ciphertext is of another key",
    call: () => use("other", "unwrapkey"),
    status: 400,
    code: "BadParameter",
    message: "Error occurred while decoding OAEP padding.",
  },
  {
    when: "the value is standard base64",
    call: () => use("good", "unwrapkey", { alg: "RSA-OAEP-256", value: "+/+/==" }),
    status: 400,
    code: "BadParameter",
    message: "Content of 'value' is not base64url.\r\nProperty 'value' is required.\r\n",
  },
  {
    when: "the value is missing",
    call: () => use("good", "unwrapkey", { alg: "RSA-OAEP-256" }),
    status: 400,
    code: "BadParameter",
    message: "Property 'value' is required.\r\n",
  },
  {
    when: "a backup is corrupt",
    call: () =>
      world.callVault(`${vaultUrl}/keys/restore${QUERY}`, {
        method: "POST",
        body: { value: "bm9uc2Vuc2U" },
      }),
    status: 400,
    code: "Malformed backup blob",
    message: "Backup blob is corrupt.",
  },
  {
    when: "a key of a protected vault is purged",
    call: () =>
      world.callVault(`${urlOf("protected")}/deletedkeys/kept${QUERY}`, { method: "DELETE" }),
    status: 403,
    code: "Forbidden",
    inner: "PurgeProtectionEnabled",
    message: /purge protection is enabled for this vault.* Vault: protected;location=westus$/u,
  },
  {
    when: "the api-version is missing",
    call: () => world.callVault(keyUrl("good")),
    status: 400,
    code: "BadParameter",
    message: "The api-version query parameter is required.",
  },
  {
    when: "the path is unknown",
    call: () => world.callVault(`${vaultUrl}/nothing${QUERY}`),
    status: 404,
    code: "NotFound",
    message: /no such path/u,
  },
  {
    when: "the method is wrong",
    call: () => world.callVault(`${keyUrl("good")}//unwrapkey${QUERY}`, { method: "PATCH" }),
    status: 405,
    code: "MethodNotAllowed",
    message: /allowed: POST/u,
  },
];

describe("a refusal has the service's own words", () => {
  test.each(CASES)("when $when", async ({ call, status, code, inner, message }) => {
    const answer = await call();
    const { error } = answer.json as {
      error: { code: string; message: string; innererror?: { code: string } };
    };
    expect({ status: answer.status, code: error.code, inner: error.innererror?.code }).toEqual({
      status,
      code,
      inner,
    });
    expect(error.message).toBe(expectedText(message, error.message));
  });
});

describe("accepted requests", () => {
  test.each(["expired", "future"])(
    "unwrap works with a key that is %s, so that data can be recovered",
    async (name) => {
      // The key was valid when the data was protected.
      const { json } = await world.callVault(`${keyUrl(name)}${QUERY}`);
      const valid = (json as { attributes: { exp?: number; nbf?: number } }).attributes;
      await world.callVault(`${keyUrl(name)}${QUERY}`, {
        method: "PATCH",
        body: { attributes: { exp: nowSeconds() + DAY_SECONDS, nbf: 1 } },
      });
      const secret = randomBytes(16).toString("base64url");
      const { json: made } = await use(name, "wrapkey", { alg: "RSA-OAEP-256", value: secret });
      await world.callVault(`${keyUrl(name)}${QUERY}`, {
        method: "PATCH",
        body: {
          attributes: { exp: valid.exp ?? nowSeconds() + 2 * DAY_SECONDS, nbf: valid.nbf ?? 1 },
        },
      });
      const answer = await use(name, "unwrapkey", {
        alg: "RSA-OAEP-256",
        value: (made as { value: string }).value,
      });
      expect(answer).toMatchObject({ status: 200, json: { value: secret } });
      const verified = await use(name, "verify", {
        alg: "RS256",
        digest: randomBytes(32).toString("base64url"),
        value: wrapped,
      });
      expect(verified).toMatchObject({ status: 200, json: { value: false } });
    },
  );

  test("a disabled key can be read and changed", async () => {
    expect(await world.callVault(`${keyUrl("disabled")}${QUERY}`)).toMatchObject({
      status: 200,
      json: { attributes: { enabled: false } },
    });
    const changed = await world.callVault(`${keyUrl("disabled")}/${QUERY}`, {
      method: "PATCH",
      body: { attributes: { exp: nowSeconds() - 10 }, tags: { a: "b" } },
    });
    expect(changed).toMatchObject({
      status: 200,
      json: { attributes: { enabled: false }, tags: { a: "b" } },
    });
  });

  test("an allowed address and a trusted service pass the firewall", async () => {
    const url = `${urlOf("walled")}/keys${QUERY}`;
    expect(
      (await world.callVault(url, { headers: { "x-forwarded-for": "198.51.100.77" } })).status,
    ).toBe(200);
    const service = await world.createPrincipal({ trustedService: true });
    const answer = await world.callVault(url, { principal: service });
    expect(answer).toMatchObject({
      status: 403,
      json: { error: { innererror: { code: "ForbiddenByPolicy" } } },
    });
  });
});

describe("the shape of an answer", () => {
  test("the challenge names the vault's tenant and the resource with its port, and the body has 97 bytes", async () => {
    const answer = await get(`/keys/good${QUERY}`);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer authorization="${world.emulator.authorityUrl}/${world.emulator.tenantId}", resource="${world.emulator.vaultAudience}"`,
    );
    expect(answer.text).toHaveLength(97);
  });

  test("an answer has the headers of the service", async () => {
    const sent = { headers: { "x-ms-client-request-id": "a-client's own" } };
    const { headers } = await world.callVault(`${keyUrl("good")}${QUERY}`, sent);
    expect(headers).toMatchObject({
      "x-ms-client-request-id": "a-client's own",
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-cache",
      pragma: "no-cache",
      expires: "-1",
      "strict-transport-security": "max-age=31536000;includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-ms-keyvault-region": "westus",
      "x-ms-keyvault-service-version": expect.stringMatching(/^1\.9\./u),
      "x-ms-keyvault-network-info": "conn_type=Ipv4;addr=203.0.113.10;act_addr_fam=InterNetwork;",
      "x-ms-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/u),
    });
  });

  test("the host of a vault that does not exist does not answer at all", async () => {
    await expect(
      get(`/keys/good${QUERY}`, {}, urlOf(`absent-${randomUUID().slice(0, 8)}`)),
    ).rejects.toThrow(/socket hang up|ECONNRESET/u);
  });

  const PATHS = [
    "/keys/good?api%2Dversion=2025-07-01",
    "/keys/good/?api-version=7.2",
    "/keys/good//?api-version=7.0",
    "//keys/good?api-version=7.0",
    "/Keys/GOOD?API-VERSION=7.6-preview.2",
  ];
  test.each(PATHS)("%s finds the key", async (path) => {
    const answer = await world.callVault(`${vaultUrl}${path}`);
    expect(answer.json).toMatchObject({
      key: { kty: "RSA", e: "AQAB", kid: expect.stringContaining(`${keyUrl("good")}/`) },
    });
  });

  test("the whole URL stands for its path, as clients of a proxy send it", async () => {
    const url = new URL(`${keyUrl("good")}${QUERY}`);
    const request = httpsRequest({ ...hostOf(url), agent: world.agent, path: url.href }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    // Without a token, it is the vault that answers.
    expect(response.headers["www-authenticate"]).toMatch(/^Bearer authorization=/u);
  });

  test("a double slash before an action of the collection is one slash", async () => {
    const body = { value: "AAAA" };
    for (const path of ["//keys/restore", "/keys//restore"])
      expect(
        await world.callVault(`${vaultUrl}${path}${QUERY}`, { method: "POST", body }),
      ).toMatchObject({ status: 400, json: { error: { message: "Backup blob is corrupt." } } });
  });

  test("lists come in pages of 25 that are linked", async () => {
    const url = await world.createVault("crowded");
    await Promise.all(
      Array.from({ length: 27 }, (_, index) =>
        world.callVault(`${url}/keys/ec-${index}/create${QUERY}`, {
          method: "POST",
          body: { kty: "EC" },
        }),
      ),
    );
    const first = (await world.callVault(`${url}/keys${QUERY}`)).json as {
      value: { kid: string }[];
      nextLink: string;
    };
    expect(first.value).toHaveLength(25);
    const second = (await world.callVault(first.nextLink)).json as {
      value: { kid: string }[];
      nextLink: null;
    };
    expect(second.value).toHaveLength(2);
    expect(second.nextLink).toBeNull();
    expect(new Set([...first.value, ...second.value].map(({ kid }) => kid)).size).toBe(27);
    expect((await world.callVault(`${url}/keys${QUERY}&maxresults=26`)).status).toBe(400);
    expect(
      ((await world.callVault(`${url}/keys${QUERY}&maxresults=3`)).json as typeof first).value,
    ).toHaveLength(3);
  });
});
