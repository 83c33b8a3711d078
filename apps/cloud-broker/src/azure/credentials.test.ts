import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { expect, test } from "vitest";

import { orderIdOf } from "../core/order.ts";
import { createCredentials } from "./credentials.ts";
import { createAzureTransport } from "./transport.ts";

const AUTHORITY = "https://login.test";
const SCOPE = "https://vault.azure.net/.default";
const IDENTITY = {
  kind: "order" as const,
  attachment: "user" as const,
  order: orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "one" }),
  tenantId: "00000000-0000-4000-8000-00000000000a",
  clientId: "00000000-0000-4000-8000-00000000000c",
  principalId: "00000000-0000-4000-8000-00000000000d",
};
/** As the SDK asks after the challenge of a vault. */
const BY_CHALLENGE = { tenantId: IDENTITY.tenantId, enableCae: true };

/** An Entra ID that numbers its tokens. */
function openEntra(now = Date.now) {
  const entra = { tokens: 0, knowsIdentity: true };
  const tenant = `${AUTHORITY}/${IDENTITY.tenantId}`;
  const metadata = {
    issuer: `${tenant}/v2.0`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  };
  const tokenAnswer = () => {
    if (!entra.knowsIdentity)
      return { status: 400, json: { error: "invalid_client", error_codes: [700_016] } };
    entra.tokens += 1;
    const json = { token_type: "Bearer", expires_in: 3600, access_token: String(entra.tokens) };
    return { status: 200, json };
  };
  const sendRequest: HttpClient["sendRequest"] = (request) => {
    const { status, json } = request.url.includes("openid-configuration")
      ? { status: 200, json: metadata }
      : tokenAnswer();
    const headers = createHttpHeaders({ "content-type": "application/json" });
    return Promise.resolve({ request, status, headers, bodyAsText: JSON.stringify(json) });
  };
  const credentials = createCredentials({
    transport: createAzureTransport({ httpClient: { sendRequest } }),
    broker: { tenantId: IDENTITY.tenantId },
    authorityUrl: AUTHORITY,
    signAssertion: () => Promise.resolve("assertion"),
    issuer: "https://broker.test",
    tokenExchangeAudience: "api://AzureADTokenExchange",
    now,
  });
  return { entra, credentials };
}

test("a sign-in asks for a new token, and the vault calls after it use that one", async () => {
  const { credentials } = openEntra();
  const tokenOf = async () => (await credentials.of(IDENTITY).getToken(SCOPE, BY_CHALLENGE))?.token;
  expect(await tokenOf()).toBe("1");
  expect(await credentials.signIn(IDENTITY, SCOPE)).toEqual({ ok: true, value: undefined });
  expect(await tokenOf()).toBe("2");
});

test("a sign-in that fails leaves vault calls the token that they have", async () => {
  const { entra, credentials } = openEntra();
  const tokenOf = async () => (await credentials.of(IDENTITY).getToken(SCOPE, BY_CHALLENGE))?.token;
  expect(await tokenOf()).toBe("1");
  entra.knowsIdentity = false;
  expect(await credentials.signIn(IDENTITY, SCOPE)).toMatchObject({ ok: false });
  expect(await tokenOf()).toBe("1");
});

test("a token is used for a minute, also when the clock is set back meanwhile", async () => {
  let nowMs = Date.now();
  const { credentials } = openEntra(() => nowMs);
  const tokenOf = async () => (await credentials.of(IDENTITY).getToken(SCOPE, BY_CHALLENGE))?.token;
  expect(await tokenOf()).toBe("1");
  nowMs -= 1_000;
  expect(await tokenOf()).toBe("1");
  nowMs -= 3_600_000;
  expect(await tokenOf()).toBe("2");
});
