import { randomUUID } from "node:crypto";
import { Agent, request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";

import { KeyVaultManagementClient, type VaultCreateOrUpdateParameters } from "@azure/arm-keyvault";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import * as z from "zod";

import { type AzureEmulatorOptions, createAzureEmulator } from "../src/index.ts";
import { loopbackLookup } from "../src/loopback-lookup.ts";

export type Answer = {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: unknown;
};
export type Principal = {
  readonly clientId: string;
  readonly objectId: string;
  readonly credential: ClientSecretCredential;
};
const objectIdOf = z.object({ objectId: z.string() });
type SendOptions = { method?: string; headers?: Record<string, string>; body?: object | string };

const ALL_KEY_PERMISSIONS = [
  "get",
  "list",
  "create",
  "import",
  "update",
  "delete",
  "recover",
  "purge",
  "backup",
  "restore",
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "wrapKey",
  "unwrapKey",
  "rotate",
  "getrotationpolicy",
  "setrotationpolicy",
  "release",
];

/**
 * A running emulator with the clients of its users: real SDKs, unmodified but for the connection
 * they are given.
 */
export async function startWorld(options: AzureEmulatorOptions = {}) {
  const emulator = await createAzureEmulator({ port: 0, imdsPort: 0, dnsPort: 0, ...options });
  // The names of a cloud are the emulator's, too.
  const lookup: LookupFunction =
    options.cloud === undefined
      ? loopbackLookup
      : (_name, how, callback) => loopbackLookup("localhost", how, callback);
  const agent = new Agent({ ca: emulator.caPem, lookup, keepAlive: true });
  const policy: PipelinePolicy = {
    name: "loopbackAgent",
    sendRequest(request, next) {
      request.agent = agent;
      return next(request);
    },
  };
  const clientOptions = { additionalPolicies: [{ policy, position: "perCall" as const }] };

  const send = (
    url: string,
    { method = "GET", headers = {}, body }: SendOptions = {},
  ): Promise<Answer> => sendOver(agent, url, method, headers, body);
  const control = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await send(`${emulator.controlUrl}${path}`, {
      method,
      ...(body && { body, headers: { "content-type": "application/json" } }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  };
  const createPrincipal = async (facts: object = {}): Promise<Principal> => {
    const clientId = randomUUID();
    const secret = randomUUID();
    const { json } = await control("PUT", `/applications/${clientId}`, {
      secret,
      displayName: "test",
      ...facts,
    });
    const { objectId } = objectIdOf.parse(json);
    const credential = new ClientSecretCredential(emulator.tenantId, clientId, secret, {
      authorityHost: emulator.authorityUrl,
      disableInstanceDiscovery: true,
      ...clientOptions,
    });
    return { clientId, objectId, credential };
  };
  const owner = await createPrincipal();
  const arm = new KeyVaultManagementClient(owner.credential, emulator.subscriptionId, {
    endpoint: emulator.armUrl,
    ...clientOptions,
  });

  return {
    emulator,
    agent,
    clientOptions,
    send,
    control,
    createPrincipal,
    owner,
    arm,
    /** A vault in which `owner` may do everything. */
    async createVault(
      name: string,
      properties: Partial<VaultCreateOrUpdateParameters["properties"]> = {},
      policies: { objectId: string; keys: string[] }[] = [],
    ): Promise<string> {
      const access = [{ objectId: owner.objectId, keys: ALL_KEY_PERMISSIONS }, ...policies];
      await arm.vaults.createOrUpdate(emulator.resourceGroup, name, {
        location: emulator.location,
        properties: {
          tenantId: emulator.tenantId,
          sku: { family: "A", name: "premium" },
          enableRbacAuthorization: false,
          accessPolicies: access.map(({ objectId, keys }) => ({
            tenantId: emulator.tenantId,
            objectId,
            permissions: { keys },
          })),
          ...properties,
        },
      });
      return `https://${name}.${emulator.vaultSuffix}`;
    },
    keyClient: (vaultUrl: string, principal: Principal = owner) =>
      new KeyClient(vaultUrl, principal.credential, clientOptions),
    /** A raw call of the data plane with a good token. */
    async callVault(
      url: string,
      { principal = owner, ...rest }: SendOptions & { principal?: Principal } = {},
    ): Promise<Answer> {
      const token = await principal.credential.getToken(`${emulator.vaultAudience}/.default`);
      return send(url, {
        ...rest,
        headers: { authorization: `Bearer ${token.token}`, ...rest.headers },
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      agent.destroy();
      await emulator.close();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

function sendOver(
  agent: Agent,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: object | string | undefined,
): Promise<Answer> {
  const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { agent, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: parseJson(text),
        });
      });
    });
    request.on("error", reject);
    request.end(content);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
