import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { orderIdOf } from "../core/order.ts";
import { createIssuerRoutes } from "./issuer-routes.ts";
import { openTokenIssuer } from "./token-issuer.ts";

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

async function fetchJson(
  issuer: Awaited<ReturnType<typeof openTokenIssuer>>,
  path: string,
): Promise<unknown> {
  const route = createIssuerRoutes(issuer).find((row) => row.path === path);
  const answer = await route?.handle({} as never);
  return answer?.body !== undefined && "json" in answer.body ? answer.body.json : undefined;
}

describe("the token issuer", () => {
  it("is believed by whoever fetches its two documents, for one order and five minutes", async () => {
    const issuer = await openTokenIssuer(folder, ISSUER, () => NOW_MS);
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

  it("shows the public half of its key only", async () => {
    const issuer = await openTokenIssuer(folder, ISSUER, () => NOW_MS);
    expect(Object.keys(issuer.publicKey).toSorted()).toEqual([
      "alg",
      "e",
      "kid",
      "kty",
      "n",
      "use",
    ]);
  });

  it("keeps its key over a restart, in a file of its owner's", async () => {
    const first = await openTokenIssuer(folder, ISSUER, () => NOW_MS);
    const again = await openTokenIssuer(folder, ISSUER, () => NOW_MS);
    expect(again.publicKey).toEqual(first.publicKey);
    expect(statSync(join(folder, "token-issuer-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("never makes the same assertion twice", async () => {
    const issuer = await openTokenIssuer(folder, ISSUER, () => NOW_MS);
    expect(await issuer.signAssertion(ORDER)).not.toBe(await issuer.signAssertion(ORDER));
  });
});
