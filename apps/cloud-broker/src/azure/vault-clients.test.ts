import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { expect, test } from "vitest";

import { type KeyIdentity, orderIdOf } from "../core/order.ts";
import { createAzureTransport } from "./transport.ts";
import { createVaultClients } from "./vault-clients.ts";

const VAULT = "https://one.vault.azure.net";
const [HOME, OTHER] = [
  "00000000-0000-4000-8000-00000000000a",
  "00000000-0000-4000-8000-00000000000b",
];
const identityOf = (name: string): KeyIdentity => ({
  kind: "order",
  attachment: "user",
  order: orderIdOf({ subscriptionId: "s", resourceGroup: "g", name }),
  tenantId: HOME,
  clientId: `client of ${name}`,
  principalId: `principal of ${name}`,
});

/** A vault that takes the tokens of its tenant, whose name is also the token. */
function openVault() {
  const vault = { tenantId: HOME, status: 200, requests: [] as string[] };
  const sendRequest: HttpClient["sendRequest"] = (request) => {
    const token = request.headers.get("authorization");
    expect(request.headers.get("user-agent")).toMatch(/^databox-broker\/\d+\.\d+\.\d+ /);
    vault.requests.push(token ?? "anonymous");
    if (token !== `Bearer ${vault.tenantId}`) {
      const challenge = `Bearer authorization="https://login.test/${vault.tenantId}", resource="https://vault.azure.net"`;
      const headers = createHttpHeaders({ "www-authenticate": challenge });
      return Promise.resolve({ request, status: 401, headers, bodyAsText: '{"error":{}}' });
    }
    const bodyAsText = JSON.stringify({ key: { kid: `${VAULT}/keys/kek/1` }, attributes: {} });
    const { status } = vault;
    return Promise.resolve({ request, status, headers: createHttpHeaders(), bodyAsText });
  };
  const clients = createVaultClients(createAzureTransport({ httpClient: { sendRequest } }), () => ({
    getToken: (_scopes, { tenantId = "" } = {}) =>
      Promise.resolve({ token: tenantId, expiresOnTimestamp: Date.now() + 3_600_000 }),
  }));
  return { vault, clients, getKey: (from: KeyIdentity) => clients.keys(from, VAULT).getKey("kek") };
}

test("only the first order at a vault asks for its challenge", async () => {
  const { vault, clients, getKey } = openVault();
  await getKey(identityOf("first"));
  await getKey(identityOf("second"));
  await clients.keys(identityOf("first"), VAULT).getKey("kek");
  expect(vault.requests).toEqual(["anonymous", ...Array<string>(3).fill(`Bearer ${HOME}`)]);
});

test("a challenge is asked for each time until a call with its token has succeeded", async () => {
  const { vault, getKey } = openVault();
  vault.status = 503;
  await expect(getKey(identityOf("first"))).rejects.toMatchObject({ statusCode: 503 });
  vault.status = 200;
  await getKey(identityOf("second"));
  await getKey(identityOf("third"));
  const asked = ["anonymous", `Bearer ${HOME}`];
  expect(vault.requests).toEqual([...asked, ...asked, `Bearer ${HOME}`]);
});

test("a challenge is asked for again once the vault refuses its token", async () => {
  const { vault, clients, getKey } = openVault();
  await getKey(identityOf("first"));
  vault.tenantId = OTHER;
  await expect(getKey(identityOf("second"))).rejects.toMatchObject({ statusCode: 401 });
  clients.forget(identityOf("second"));
  vault.requests.length = 0;
  await getKey(identityOf("second"));
  expect(vault.requests).toEqual(["anonymous", `Bearer ${OTHER}`]);
});
