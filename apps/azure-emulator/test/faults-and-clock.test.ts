import { generateKeyPairSync } from "node:crypto";
import { randomBytes } from "node:crypto";

import { CryptographyClient } from "@azure/keyvault-keys";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type Answer, startWorld, type World } from "./world.ts";

const QUERY = "?api-version=2025-07-01";
const HOUR_MS = 3_600_000;
let world: World;
let vaultUrl: string;
let machineNow = (): number => Date.now();
let wrapped: string;

beforeAll(async () => {
  world = await startWorld({ now: () => machineNow() });
  vaultUrl = await world.createVault("storm");
  await post("create", { kty: "RSA" });
  wrapped = (
    (await post("/wrapkey", { alg: "RSA-OAEP-256", value: randomBytes(32).toString("base64url") }))
      .json as { value: string }
  ).value;
});
afterEach(async () => {
  machineNow = () => Date.now();
  await world.control("DELETE", "/faults");
  await world.control("DELETE", "/clock");
});
afterAll(() => world[Symbol.asyncDispose]());

const post = (action: string, body: object, key = "kek"): Promise<Answer> =>
  world.callVault(`${vaultUrl}/keys/${key}/${action}${QUERY}`, { method: "POST", body });
const unwrap = (): Promise<Answer> => post("/unwrapkey", { alg: "RSA-OAEP-256", value: wrapped });
const read = (): Promise<Answer> => world.callVault(`${vaultUrl}/keys/kek${QUERY}`);
const fault = (effect: object, rest: object = {}): Promise<Answer> =>
  world.control("POST", "/faults", {
    scope: { service: "key-vault", vault: "storm", operation: "unwrapkey" },
    effect,
    ...rest,
  });
const statusesOf = async (count: number, call: () => Promise<Answer>): Promise<number[]> => {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await call()).status);
  return statuses;
};

const challenge = (): Promise<Answer> =>
  world.send(`${vaultUrl}/keys/kek//unwrapkey${QUERY}`, { method: "POST" });
const seededSequence = async (): Promise<number[]> => {
  await fault({ kind: "status", status: 503 }, { probability: 0.5, seed: 7 });
  const statuses = await statusesOf(12, unwrap);
  await world.control("DELETE", "/faults");
  return statuses;
};

describe("faults", () => {
  test("a status strikes as often as asked, in its scope only", async () => {
    await fault({ kind: "status", status: 429 }, { count: 2 });
    expect((await read()).status).toBe(200);
    const answer = await unwrap();
    expect(answer).toMatchObject({
      status: 429,
      json: {
        error: {
          code: "Throttled",
          message:
            "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
        },
      },
    });
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(await statusesOf(3, unwrap)).toEqual([429, 200, 200]);
    expect((await world.control("GET", "/faults")).json).toEqual({ value: [] });
  });

  test("the SDK retries after a 429 that has Retry-After", async () => {
    await fault({ kind: "status", status: 429, retryAfterSeconds: 0 }, { count: 1 });
    const key = await world.keyClient(vaultUrl).getKey("kek");
    const client = new CryptographyClient(key, world.owner.credential, world.clientOptions);
    expect(
      (await client.unwrapKey("RSA-OAEP-256", Buffer.from(wrapped, "base64url"))).result,
    ).toHaveLength(32);
  });

  test("a counted fault leaves the challenge alone, one that always strikes does not", async () => {
    await fault({ kind: "status", status: 503 }, { count: 1 });
    expect((await challenge()).status).toBe(401);
    expect(await statusesOf(2, unwrap)).toEqual([503, 200]);
    await fault({ kind: "status", status: 503 });
    expect((await challenge()).status).toBe(503);
  });

  test("a probability with a seed strikes in the same places each time", async () => {
    const first = await seededSequence();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await seededSequence()).toEqual(first);
  });

  test.each(["connection-reset", "half-body"])("%s breaks the connection", async (kind) => {
    await fault({ kind }, { count: 1 });
    await expect(unwrap()).rejects.toThrow(/socket hang up|aborted|ECONNRESET/u);
    expect((await unwrap()).status).toBe(200);
  });

  test("a wrong content type and a garbage body keep the status", async () => {
    await fault({ kind: "wrong-content-type", contentType: "text/html" }, { count: 1 });
    expect(await unwrap()).toMatchObject({ status: 200, headers: { "content-type": "text/html" } });
    await fault({ kind: "garbage-body" }, { count: 1 });
    expect(await unwrap()).toMatchObject({
      status: 200,
      json: undefined,
      text: expect.stringContaining("<html>"),
    });
  });

  test("latency delays the answer", async () => {
    await fault(
      { kind: "latency", distribution: { kind: "uniform", minimumMs: 60, maximumMs: 80 } },
      { count: 1 },
    );
    const started = performance.now();
    expect((await unwrap()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(55);
  });

  test("a region that has failed over serves use and refuses writes", async () => {
    await world.control("POST", "/faults", {
      scope: { vault: "storm" },
      effect: { kind: "read-only" },
    });
    expect((await unwrap()).status).toBe(200);
    expect((await read()).status).toBe(200);
    expect(await post("create", { kty: "EC" }, "new")).toMatchObject({
      status: 403,
      json: { error: { innererror: { code: "ReadOnly" } } },
    });
  });

  test("a revoked access policy works until the revocation has propagated", async () => {
    const friend = await world.createPrincipal();
    const policy = {
      tenantId: world.emulator.tenantId,
      objectId: friend.objectId,
      permissions: { keys: ["get"] },
    };
    const set = (kind: "add" | "remove"): Promise<unknown> =>
      world.arm.vaults.updateAccessPolicy(world.emulator.resourceGroup, "storm", kind, {
        properties: { accessPolicies: [policy] },
      });
    const friendReads = (): Promise<Answer> =>
      world.callVault(`${vaultUrl}/keys/kek${QUERY}`, { principal: friend });
    await world.control("POST", "/faults", {
      scope: { vault: "storm" },
      effect: { kind: "access-propagation-delay", seconds: 300 },
    });
    await set("add");
    expect((await friendReads()).status).toBe(403);
    await world.control("POST", "/clock/advance", { seconds: 301 });
    expect((await friendReads()).status).toBe(200);
    await set("remove");
    expect((await friendReads()).status).toBe(200);
    await world.control("POST", "/clock/advance", { seconds: 301 });
    expect((await friendReads()).status).toBe(403);
  });

  test("a deletion becomes visible after its delay; meanwhile the name can be neither used nor recovered", async () => {
    await post("create", { kty: "EC" }, "fading");
    await world.control("POST", "/faults", {
      scope: { vault: "storm" },
      effect: { kind: "visibility-delay", seconds: 10 },
    });
    const deleted = `${vaultUrl}/deletedkeys/fading`;
    expect(
      (await world.callVault(`${vaultUrl}/keys/fading${QUERY}`, { method: "DELETE" })).status,
    ).toBe(200);
    expect((await world.callVault(`${deleted}${QUERY}`)).status).toBe(404);
    const beingDeleted = {
      status: 409,
      json: {
        error: {
          code: "Conflict",
          innererror: { code: "ObjectIsBeingDeleted" },
          message: "Key fading is currently being deleted and cannot be re-created; retry later.",
        },
      },
    };
    expect(await post("create", { kty: "EC" }, "fading")).toMatchObject(beingDeleted);
    expect(await world.callVault(`${deleted}/recover${QUERY}`, { method: "POST" })).toMatchObject(
      beingDeleted,
    );
    expect(await world.callVault(`${deleted}${QUERY}`, { method: "DELETE" })).toMatchObject({
      status: 409,
      json: {
        error: {
          code: "Conflict",
          innererror: { code: "ObjectIsBeingDeleted" },
          message: "Key is currently being deleted.",
        },
      },
    });
    await world.control("POST", "/clock/advance", { seconds: 11 });
    expect((await world.callVault(`${deleted}/recover${QUERY}`, { method: "POST" })).status).toBe(
      200,
    );
    expect(await post("create", { kty: "EC" }, "fading")).toMatchObject({
      status: 409,
      json: { error: { innererror: { code: "ObjectIsBeingRecovered" } } },
    });
    await world.control("POST", "/clock/advance", { seconds: 11 });
    expect((await world.callVault(`${vaultUrl}/keys/fading${QUERY}`)).status).toBe(200);
  });

  test("a fault that makes no sense is refused by name", async () => {
    await expect(fault({ kind: "status", status: 200 })).rejects.toThrow(/400 .*effect\.status/u);
    await expect(fault({ kind: "nonsense" })).rejects.toThrow(/400 .*effect\.kind/u);
    await expect(
      world.control("POST", "/faults", {
        scope: { operation: "unwarpKey" },
        effect: { kind: "connection-reset" },
      }),
    ).rejects.toThrow(/400 .*operation: key-vault has .*unwrapKey/u);
  });
});

describe("the clock", () => {
  test("advances: an expired key still unwraps, and is refused for wrapping", async () => {
    await world.callVault(`${vaultUrl}/keys/kek${QUERY}`, {
      method: "PATCH",
      body: { attributes: { exp: Math.floor(Date.now() / 1000) + 3_600 } },
    });
    await world.control("POST", "/clock/advance", { duration: "P1D" });
    expect((await unwrap()).status).toBe(200);
    expect(await post("/wrapkey", { alg: "RSA-OAEP-256", value: "AAAA" })).toMatchObject({
      status: 403,
      json: { error: { innererror: { code: "KeyExpired" } } },
    });
  });

  test("drives rotation policies: each rotation that was due has its own version, dated when it was due", async () => {
    await post("create", { kty: "EC" }, "turning");
    const policy = {
      lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Rotate" } }],
      attributes: { expiryTime: "P90D" },
    };
    expect(
      (
        await world.callVault(`${vaultUrl}/keys/turning/rotationpolicy${QUERY}`, {
          method: "PUT",
          body: policy,
        })
      ).status,
    ).toBe(200);
    await world.control("POST", "/clock/advance", { duration: "P65D" });
    const { json } = await world.callVault(`${vaultUrl}/keys/turning/versions${QUERY}`);
    const attributes = (
      json as { value: { attributes: { created: number; exp?: number } }[] }
    ).value
      .map((item) => item.attributes)
      .toSorted((a, b) => a.created - b.created);
    const [first, second, third] = attributes;
    expect(attributes).toHaveLength(3);
    expect(
      [second, third].map((version) =>
        Math.round(((version?.created ?? 0) - (first?.created ?? 0)) / 86_400),
      ),
    ).toEqual([30, 60]);
    expect((third?.exp ?? 0) - (third?.created ?? 0)).toBe(90 * 86_400);
    expect(first?.exp).toBeUndefined();
  });

  test("purges what has been deleted for longer than the retention", async () => {
    await post("create", { kty: "EC" }, "leaving");
    await world.callVault(`${vaultUrl}/keys/leaving${QUERY}`, { method: "DELETE" });
    await world.control("POST", "/clock/advance", { duration: "P91D" });
    expect((await world.callVault(`${vaultUrl}/deletedkeys/leaving${QUERY}`)).status).toBe(404);
    expect((await post("create", { kty: "EC" }, "leaving")).status).toBe(200);
  });

  test("does not touch tokens, which live by the machine's clock", async () => {
    await world.control("POST", "/clock/advance", { duration: "P1Y" });
    expect((await unwrap()).status).toBe(200);
    machineNow = () => Date.now() + 25 * HOUR_MS;
    expect(await unwrap()).toMatchObject({
      status: 401,
      json: { error: { message: "[TokenExpired] Error validating token: 'S2S12086'." } },
    });
  });
});

describe("budgets", () => {
  test("a vault refuses the twenty-first key within ten seconds, and recovers in the next window", async () => {
    const url = await world.createVault("busy");
    const create = (): Promise<Answer> =>
      world.callVault(`${url}/keys/ec/create${QUERY}`, { method: "POST", body: { kty: "EC" } });
    const frozen = Date.now() + 60_000;
    machineNow = () => frozen;
    expect(await statusesOf(21, create)).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    machineNow = () => frozen + 10_000;
    expect((await create()).status).toBe(200);
  });

  test.each(["create", "import"])(
    "keys of an HSM cost twice as much: %s is refused for the eleventh",
    async (operation) => {
      const url = await world.createVault(`hsm-${operation}`);
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const make = (): Promise<Answer> =>
        operation === "create"
          ? world.callVault(`${url}/keys/ec/create${QUERY}`, {
              method: "POST",
              body: { kty: "EC-HSM" },
            })
          : world.callVault(`${url}/keys/ec${QUERY}`, {
              method: "PUT",
              body: { key: privateKey.export({ format: "jwk" }), Hsm: true },
            });
      const frozen = Date.now() + 120_000;
      machineNow = () => frozen;
      expect(await statusesOf(11, make)).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    },
  );
});
