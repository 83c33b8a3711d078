// @module-tag one-engine

import { createHttpHeaders, type HttpClient, RestError } from "@azure/core-rest-pipeline";
import { ERRORS } from "@databox-cmk/errors";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import type { Credentials } from "../../src/azure/credentials.ts";
import { createKeyVaults } from "../../src/azure/key-vaults.ts";
import { createAzureTransport } from "../../src/azure/transport.ts";
import { createVaultBudget } from "../../src/azure/vault-budget.ts";
import { createCallVault } from "../../src/azure/vault-calls.ts";
import { createVaultClients } from "../../src/azure/vault-clients.ts";
import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import type { KeyVaults, Outcome } from "../../src/core/ports.ts";

const VERSION = "0123456789abcdef0123456789abcdef";
const VAULT_URL = "https://kv.vault.test";
const KID = `${VAULT_URL}/keys/kek/${VERSION}`;
const KEY = { vaultUrl: VAULT_URL, vaultName: "kv", keyName: "kek" };
const IDENTITY: KeyIdentity = {
  kind: "order",
  attachment: "system",
  order: orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "o" }),
  tenantId: "tenant",
  clientId: "client",
  principalId: "principal",
};
type Wire =
  | { readonly status: number; readonly body: string }
  | { readonly code: string | undefined };

/** The real SDK over a wire that sends the challenge first and then any answer. */
function vaultsOver(wire: Wire): KeyVaults {
  const httpClient: HttpClient = {
    sendRequest(request) {
      const challenge = createHttpHeaders({
        "www-authenticate":
          'Bearer authorization="https://login.test/tenant", resource="https://vault.test"',
      });
      if (!request.headers.has("authorization"))
        return Promise.resolve({ request, status: 401, headers: challenge, bodyAsText: "" });
      if ("code" in wire)
        return Promise.reject(
          new RestError("wire", { request, ...(wire.code !== undefined && { code: wire.code }) }),
        );
      const headers = createHttpHeaders({ "content-type": "application/json" });
      return Promise.resolve({ request, status: wire.status, headers, bodyAsText: wire.body });
    },
  };
  return vaultsBy(httpClient);
}

function vaultsBy(httpClient: HttpClient): KeyVaults {
  const transport = createAzureTransport({ httpClient });
  const credential = {
    getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const credentials: Credentials = {
    of: () => credential,
    signIn: () => Promise.resolve({ ok: true, value: undefined }),
    forget: () => undefined,
  };
  return createKeyVaults({
    callVault: createCallVault({
      controlNameResolves: () => Promise.resolve(true),
      forget: () => undefined,
      budget: createVaultBudget({ operationsPerSecond: 400, share: 1, now: Date.now }),
      random: () => 0,
      sleep: () => Promise.resolve(),
    }),
    clients: createVaultClients(transport, () => credential),
    credentials,
    vaultScope: "https://vault.test/.default",
  });
}

const CALLS: Readonly<Record<string, (vaults: KeyVaults) => Promise<Outcome<unknown>>>> = {
  getKey: (vaults) => vaults.getKey(IDENTITY, KEY),
  getDeletedKey: (vaults) => vaults.getDeletedKey(IDENTITY, KEY),
  wrapKey: (vaults) => vaults.wrapKey(IDENTITY, KID, new Uint8Array(32)),
  unwrapKey: (vaults) => vaults.unwrapKey(IDENTITY, KID, new Uint8Array(256)),
};

const BUNDLE = {
  key: { kid: KID, kty: "RSA", key_ops: ["wrapKey", "unwrapKey"], n: "AQAB", e: "AQAB" },
  attributes: { enabled: true, exp: 1, nbf: 1, recoveryLevel: "Recoverable", recoverableDays: 90 },
};
/** A bundle in which one member is anything. */
const spoiled = fc
  .tuple(
    fc.constantFrom("kid", "kty", "key_ops", "n"),
    fc.constantFrom("enabled", "exp", "recoveryLevel"),
    fc.anything(),
    fc.anything(),
  )
  .map(([ofKey, ofAttributes, first, second]) =>
    JSON.stringify({
      key: { ...BUNDLE.key, [ofKey]: first },
      attributes: { ...BUNDLE.attributes, [ofAttributes]: second },
    }),
  );
const values = fc
  .oneof(fc.anything(), fc.string(), fc.base64String())
  .map((value) => JSON.stringify({ kid: KID, value }));
const bodies = fc.oneof(
  fc.string(),
  fc.json(),
  spoiled,
  values,
  fc.constant(JSON.stringify(BUNDLE)),
);
const statuses = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.integer({ min: 201, max: 599 }) },
);
const codes = fc.constantFrom(
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNRESET",
  "EPIPE",
  "PARSE_ERROR",
  "CERT_HAS_EXPIRED",
  "ANYTHING",
  undefined,
);

describe.each(Object.keys(CALLS))("%s through the real SDK", (name) => {
  const run = (wire: Wire) => (CALLS[name] ?? fail)(vaultsOver(wire));

  test.prop([statuses, bodies], { numRuns: 60 })(
    "takes any answer without throwing, and none for a refusal",
    async (status, body) => {
      const outcome = await run({ status, body });
      expect(outcome.ok ? "ok" : ERRORS[outcome.failure.code].class).not.toBe("refused");
    },
  );

  test.prop([codes], { numRuns: 20 })("takes any broken wire for unreachable", async (code) => {
    const outcome = await run({ code });
    expect(outcome.ok ? "ok" : ERRORS[outcome.failure.code].class).toBe("unreachable");
  });
});

const unwrap = (bytes: number) =>
  vaultsOver({
    status: 200,
    body: JSON.stringify({ kid: KID, value: Buffer.alloc(bytes, 7).toString("base64url") }),
  }).unwrapKey(IDENTITY, KID, new Uint8Array(256));

describe("what a vault may answer, by its own name", () => {
  test.each([0, 1, 31, 33, 64, 512])("a content key of %d bytes is none", async (bytes) => {
    const outcome = await unwrap(bytes);
    expect(outcome).toMatchObject({ ok: false, failure: { code: "KeyVaultUnexpectedAnswer" } });
  });

  // Evidence: A failure under a wrong name.
  test.each([31, 33])("one of %d bytes says which it was", async (bytes) => {
    expect(await unwrap(bytes)).toMatchObject({ failure: { reason: "content-key-size" } });
  });

  test("one of 32 bytes is taken", async () => {
    expect(await unwrap(32)).toMatchObject({ ok: true });
  });

  test.each([
    ["none at all", undefined],
    [
      "one for a foreign resource",
      'Bearer authorization="https://login.test/t", resource="https://evil.example"',
    ],
    ["one in another form", "Basic realm=x"],
    // Evidence: A failure under a wrong name.
  ])("a challenge: %s", async (_name, challenge) => {
    const body = JSON.stringify({
      error: {
        code: "Unauthorized",
        message: "AKV10000: Request is missing a Bearer or PoP token.",
      },
    });
    const sent: string[] = [];
    const httpClient: HttpClient = {
      sendRequest(request) {
        sent.push(request.headers.get("authorization") ?? "");
        const headers = createHttpHeaders(
          challenge === undefined ? {} : { "www-authenticate": challenge },
        );
        return Promise.resolve({ request, status: 401, headers, bodyAsText: body });
      },
    };
    const outcome = await vaultsBy(httpClient).unwrapKey(IDENTITY, KID, new Uint8Array(256));
    expect(outcome).toMatchObject({
      failure: { code: "KeyVaultUnexpectedAnswer", reason: "challenge" },
    });
    expect(new Set(sent)).toEqual(new Set([""]));
  });
});

const fail = (): never => {
  throw new Error("no such call");
};
