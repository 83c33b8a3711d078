import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createIssuerRoutes } from "../../api/well-known/public-key-routes.ts";
import { orderIdOf } from "../../core/order.ts";
import { publicHalf, RINGS } from "../own-secrets.ts";
import { rotateKeyRing } from "../rotate-key-ring.ts";
import { openFileIssuerKeys } from "./file-issuer-keys.ts";
import { createTokenIssuer, type TokenIssuer } from "./token-issuer.ts";

const ISSUER = "https://broker.localhost:8444";
const ORDER = orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "Order-1" });
const NOW_MS = Date.UTC(2026, 10, 25);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "issuer-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = async (nowMs = NOW_MS) =>
  createTokenIssuer(await openFileIssuerKeys(folder, () => nowMs), ISSUER, () => nowMs);

async function fetchJson(issuer: TokenIssuer, path: string): Promise<unknown> {
  const route = createIssuerRoutes(issuer).find((row) => row.path === path);
  const answer = await route?.handle({} as never);
  return answer?.body !== undefined && "json" in answer.body ? answer.body.json : undefined;
}

describe("the token issuer", () => {
  it("is trusted by a party that fetches its two documents, for one order and five minutes", async () => {
    const issuer = await open();
    const discovery = await fetchJson(issuer, "/.well-known/openid-configuration");
    expect(discovery).toMatchObject({ issuer: ISSUER, jwks_uri: `${ISSUER}/oidc/v1/keys` });
    const keys = (await fetchJson(issuer, "/oidc/v1/keys")) as JSONWebKeySet;
    const expectations = {
      issuer: ISSUER,
      audience: "api://AzureADTokenExchange",
      algorithms: ["RS256"],
      typ: "JWT",
    };
    const assertion = await issuer.signAssertion(ORDER);
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(keys), {
      ...expectations,
      currentDate: new Date(NOW_MS + 299_000),
    });
    expect(payload.sub).toBe(ORDER);
    await expect(
      jwtVerify(assertion, createLocalJWKSet(keys), {
        ...expectations,
        currentDate: new Date(NOW_MS + 301_000),
      }),
    ).rejects.toThrow("exp");
  });

  it("shows the public halves of its keys only: the one that signs, and its successor", async () => {
    const keys = await (await open()).publicKeys();
    expect(keys).toHaveLength(2);
    for (const key of keys)
      expect(Object.keys(key).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });

  it("keeps its key over a restart, in a file of its owner's", async () => {
    const first = await open();
    const again = await open();
    expect(await again.publicKeys()).toEqual(await first.publicKeys());
    expect(statSync(join(folder, "token-issuer-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("is trusted across a rotation with the keys from before and from after", async () => {
    const { file, make } = RINGS.issuer;
    const before = await open();
    const old = await before.signAssertion(ORDER);
    const fetchedBefore = (await fetchJson(before, "/oidc/v1/keys")) as JSONWebKeySet;
    await rotateKeyRing(folder, file, { make, publicHalf, nowMs: NOW_MS });
    const after = await open();
    const fetchedAfter = (await fetchJson(after, "/oidc/v1/keys")) as JSONWebKeySet;
    const currentDate = new Date(NOW_MS);
    for (const keys of [fetchedBefore, fetchedAfter])
      for (const assertion of [old, await after.signAssertion(ORDER)])
        await expect(
          jwtVerify(assertion, createLocalJWKSet(keys), { currentDate }),
        ).resolves.toBeDefined();
    expect(await (await open(NOW_MS + 8 * 86_400_000)).publicKeys()).toHaveLength(2);
  });

  it("never makes the same assertion twice", async () => {
    const issuer = await open();
    expect(await issuer.signAssertion(ORDER)).not.toBe(await issuer.signAssertion(ORDER));
  });
});
