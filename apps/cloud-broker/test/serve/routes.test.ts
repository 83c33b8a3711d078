// @module-tag one-engine

import { readFileSync } from "node:fs";

import { generateSigningKey, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";
import type { Transport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ServedRoute } from "../../src/http/route.ts";
import { parseConfig, startBroker, type RunningBroker } from "../../src/index.ts";
import { createBrokerEnvironment, type BrokerEnvironment } from "./broker-environment.ts";
import { CALLS_PAGE, renderCalls } from "./render-calls.ts";

let environment: BrokerEnvironment;
let broker: RunningBroker;
let transport: Transport;
beforeAll(async () => {
  environment = await createBrokerEnvironment();
  broker = await startBroker(parseConfig(environment.variables));
  transport = environment.transport(broker.port);
});
afterAll(async () => {
  transport.close();
  await broker.close();
  environment[Symbol.dispose]();
});

/** Requests without authentication. A new public row must be added here by hand. */
const PUBLIC = [
  "GET /healthz",
  "GET /readyz",
  `POST ${DEVICE_ROUTES.challenges}`,
  "GET /.well-known/openid-configuration",
  "GET /oidc/v1/keys",
  "GET /webhooks/v1/keys",
  "GET /openapi.json",
  // The browser's sign-in pages, and the portal's files: they show the same to everyone.
  "GET /portal/auth/sign-in",
  "GET /portal/auth/callback",
  "GET /",
  "GET /portal",
  "GET /portal/*path",
  "OPTIONS /webhooks/v1/keyEvents",
];
const nameOf = (route: ServedRoute): string => `${route.method} ${route.path}`;
/** The portal's pages and back channel are for its own scripts, and in no API reference. */
const isOfPortal = (route: ServedRoute): boolean => /^\/(?:portal(?:\/.*)?)?$/.test(route.path);
const pathOf = (route: ServedRoute): string =>
  `${route.path
    .replaceAll(":subscriptionId", "00000000-0000-4000-8000-000000000001")
    .replaceAll(/:\w+/g, "name1")}?api-version=2025-02-01`;

const capsOf = (isOperator: boolean) =>
  broker.routes.flatMap((route) =>
    "maxBytes" in route && (route.authentication === "operator") === isOperator
      ? [route.maxBytes]
      : [],
  );

async function strangersMessage({ described }: ServedRoute): Promise<string> {
  const { key } = generateSigningKey();
  // An enrolment proves the key that it carries: here it carries another one.
  const publicKey = generateSigningKey().key.publicJwk;
  return signMessage(key, described?.signed?.request ?? "", { publicKey });
}

describe("every route", () => {
  // Evidence: A route without authentication.
  test("that is public is known to be", () => {
    const open = broker.routes.filter((route) => route.authentication === "public").map(nameOf);
    expect(new Set(open)).toEqual(new Set(PUBLIC));
  });

  // Evidence: A stolen token or session.
  // Evidence: A route without authentication.
  test("that is not public answers 401 to an unauthenticated caller before every other check", async () => {
    const closed = broker.routes.filter((route) => route.authentication !== "public");
    expect(closed.length).toBeGreaterThan(20);
    const statuses: Record<string, number> = {};
    for (const route of closed) {
      const isJose = route.reads === "jose";
      const body = isJose ? await strangersMessage(route) : "{";
      const answer = await transport.send(route.method, pathOf(route), {
        headers: { "content-type": isJose ? JOSE_MEDIA_TYPE : "application/json" },
        ...(route.reads === "nothing" ? {} : { body }),
      });
      statuses[nameOf(route)] = answer.status;
    }
    expect(statuses).toEqual(Object.fromEntries(closed.map((route) => [nameOf(route), 401])));
  });

  test("is served once", () => {
    const names = broker.routes.map((route) => nameOf(route).toLowerCase());
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("of the API is described", () => {
    const described = broker.routes.filter((route) => route.described !== undefined);
    const ofApi = broker.routes.filter((route) => !isOfPortal(route));
    expect(described.filter((route) => !isOfPortal(route))).toEqual(ofApi);
  });

  test("that a caller or an operator asks is in docs/reference/arm-calls.md as its row says", () => {
    expect(readFileSync(CALLS_PAGE, "utf8")).toBe(renderCalls(broker.routes));
  });

  // Evidence: Decompression bombs and half-made state.
  test("that takes a body caps it", () => {
    expect(Math.max(...capsOf(false))).toBeLessThanOrEqual(1024 * 1024);
    // A campaign may list 20,000 orders.
    expect(Math.max(...capsOf(true))).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});

describe("a broker without Azure", () => {
  // Evidence: Health checks that call the vault.
  test("is live and ready, and says that no vault has answered yet", async () => {
    expect((await transport.send("GET", "/healthz")).status).toBe(200);
    const ready = await transport.send("GET", "/readyz");
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({
      status: "ready",
      closing: false,
      database: "ok",
      clock: "ok",
      clockAheadSeconds: { azure: null, database: null },
      vaults: { lastAnswerAgeSeconds: null, lastOutageAgeSeconds: null },
    });
  });

  test("does not take a token that it cannot check for a wrong one", async () => {
    const answer = await transport.send(
      "GET",
      "/subscriptions/00000000-0000-4000-8000-000000000001/providers/Microsoft.DataBox/jobs?api-version=2025-02-01",
      { headers: { authorization: `Bearer ${UNCHECKED_TOKEN}` } },
    );
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { code: "IdentityProviderUnreachable" },
    });
  });
});

/** Of the right form, by an unknown key. */
const UNCHECKED_TOKEN = [
  Buffer.from('{"alg":"RS256","kid":"k","typ":"JWT"}').toString("base64url"),
  Buffer.from('{"sub":"x"}').toString("base64url"),
  Buffer.alloc(256).toString("base64url"),
].join(".");
