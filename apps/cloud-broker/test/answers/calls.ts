import {
  constants,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import * as z from "zod";

import { type Azure, type AzureConfig, createAzure } from "../../src/azure/create-azure.ts";
import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import type { Outcome } from "../../src/core/ports.ts";

/** One answer of Azure, as it is before it is delivered. */
export type Answer = {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
};
/** A kind of call: its party and its question. */
export type Kind = keyof typeof KINDS;

const TENANT = "11111111-1111-4111-8111-111111111111";
const SUBSCRIPTION = "44444444-4444-4444-8444-444444444444";
const VERSION = "0123456789abcdef0123456789abcdef";
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/broker`;
const USER_IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/of-customer`;
const VAULT_ID = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-a`;
export const AUTHORITY = `https://login.test/${TENANT}`;
export const CHALLENGE = `Bearer authorization="${AUTHORITY}", resource="https://vault.test"`;
export const NO_TOKEN = errorOf(
  "Unauthorized",
  "AKV10000: Request is missing a Bearer or PoP token.",
);
const ROLE =
  "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { n, e } = pair.publicKey.export({ format: "jwk" });

const kidOf = (vault: string, key: string): string =>
  `https://${vault}.vault.test/keys/${key}/${VERSION}`;

export function errorOf(code: string, message = "a message", innerCode?: string): string {
  const innererror = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return JSON.stringify({ error: { code, message, ...innererror } });
}

export function json(value: unknown, status = 200, headers: Answer["headers"] = {}): Answer {
  const body = value === undefined ? "" : JSON.stringify(value);
  return {
    status,
    body,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  };
}

function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Asked = { readonly url: URL; readonly body: string };
const segment = ({ url }: Asked, index: number): string => url.pathname.split("/").at(index) ?? "";
const vaultOf = ({ url }: Asked): string => url.hostname.split(".")[0] ?? "";
const bytesOf = ({ body }: Asked): Buffer =>
  Buffer.from(z.object({ value: z.string() }).parse(JSON.parse(body)).value, "base64url");
const identity = ({ url }: Asked): Answer =>
  json({
    id: url.pathname,
    location: "westus",
    properties: {
      tenantId: TENANT,
      clientId: guidOf(`client ${url.pathname.toLowerCase()}`),
      principalId: guidOf(`principal ${url.pathname.toLowerCase()}`),
    },
  });
const crypt = (asked: Asked, value: Buffer): Answer =>
  json({ kid: kidOf(vaultOf(asked), segment(asked, 2)), value: value.toString("base64url") });

/** Every kind of call that the broker makes to Azure, and its answer where nothing is wrong. */
const KINDS = {
  "vault.challenge": () => ({
    ...json(undefined, 401, { "www-authenticate": CHALLENGE }),
    body: NO_TOKEN,
  }),
  "vault.get": (asked: Asked) =>
    json({
      key: {
        kid: kidOf(vaultOf(asked), segment(asked, 2)),
        kty: "RSA",
        key_ops: ["wrapKey", "unwrapKey"],
        n,
        e,
      },
      attributes: {
        enabled: true,
        created: 1_700_000_000,
        updated: 1_700_000_000,
        recoveryLevel: "Recoverable",
        recoverableDays: 90,
      },
    }),
  "vault.getDeleted": () => ({ ...json(undefined, 404), body: errorOf("KeyNotFound") }),
  "vault.wrap": (asked: Asked) =>
    crypt(asked, publicEncrypt({ key: pair.publicKey, ...OAEP }, bytesOf(asked))),
  "vault.unwrap": (asked: Asked) =>
    crypt(asked, privateDecrypt({ key: pair.privateKey, ...OAEP }, bytesOf(asked))),
  "entra.discovery": () =>
    json({
      issuer: `${AUTHORITY}/v2.0`,
      token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
      authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
      jwks_uri: `${AUTHORITY}/discovery/v2.0/keys`,
    }),
  "entra.token": () => json({ token_type: "Bearer", expires_in: 3599, access_token: "a-token" }),
  "imds.token": () =>
    json({
      access_token: "own-token",
      // The library keeps a token for all that asks in this process, unless it ends soon.
      expires_in: "10",
      expires_on: String(Math.floor(Date.now() / 1000) + 10),
      resource: "r",
      token_type: "Bearer",
    }),
  "rm.putIdentity": identity,
  "rm.getIdentity": identity,
  "rm.deleteIdentity": () => json(undefined),
  "rm.putFederation": (asked: Asked) =>
    json(
      {
        id: asked.url.pathname,
        name: segment(asked, -1),
        ...z.record(z.string(), z.unknown()).parse(JSON.parse(asked.body)),
      },
      201,
    ),
  "rm.listFederation": () => json({ value: [] }),
  "rm.getVault": (asked: Asked) =>
    json({
      id: asked.url.pathname,
      location: "westus",
      properties: {
        tenantId: TENANT,
        vaultUri: `https://${segment(asked, -1)}.vault.test/`,
        sku: { family: "A", name: "standard" },
        enableSoftDelete: true,
        enablePurgeProtection: true,
        accessPolicies: [],
      },
    }),
  "rm.getDeletedVault": () => ({ ...json(undefined, 404), body: errorOf("DeletedVaultNotFound") }),
  "rm.storage": (asked: Asked) => json({ id: asked.url.pathname, location: "westus" }),
  "rm.roles": () =>
    json({
      value: [{ properties: { roleDefinitionId: ROLE, scope: `/subscriptions/${SUBSCRIPTION}` } }],
    }),
  "graph.account": () => json({ id: "account", accountEnabled: true }),
} as const satisfies Record<string, (asked: Asked) => Answer>;

const PATHS: readonly (readonly [RegExp, Kind | Readonly<Record<string, Kind>>])[] = [
  [/^https:\/\/[^/]+\.vault\.test\/.*\/wrapkey$/i, "vault.wrap"],
  [/^https:\/\/[^/]+\.vault\.test\/.*\/unwrapkey$/i, "vault.unwrap"],
  [/^https:\/\/[^/]+\.vault\.test\/deletedkeys\//, "vault.getDeleted"],
  [/^https:\/\/[^/]+\.vault\.test\//, "vault.get"],
  [/^https:\/\/graph\.test\//, "graph.account"],
  [/openid-configuration/, "entra.discovery"],
  [/^https:\/\/login\.test\//, "entra.token"],
  [/^http:\/\/169\.254\.169\.254\//, "imds.token"],
  [/\/federatedIdentityCredentials\//i, "rm.putFederation"],
  [/\/federatedIdentityCredentials$/i, "rm.listFederation"],
  [
    /\/userAssignedIdentities\//i,
    { PUT: "rm.putIdentity", GET: "rm.getIdentity", DELETE: "rm.deleteIdentity" },
  ],
  [/\/deletedVaults\//i, "rm.getDeletedVault"],
  [/\/vaults\//i, "rm.getVault"],
  [/\/storageAccounts\//i, "rm.storage"],
  [/\/roleAssignments$/i, "rm.roles"],
];

function kindOf({ url, method, headers }: PipelineRequest): Kind {
  const [path = ""] = url.split("?");
  const [, found] = PATHS.find(([pattern]) => pattern.test(path)) ?? [];
  const kind = typeof found === "string" ? found : found?.[method];
  if (kind === undefined) throw new Error(`a call that no test knows: ${method} ${url}`);
  return kind.startsWith("vault.") && !headers.has("authorization") ? "vault.challenge" : kind;
}

export const responseOf = (
  request: PipelineRequest,
  { status, body, headers }: Answer,
): PipelineResponse => ({
  request,
  status,
  headers: createHttpHeaders(headers),
  bodyAsText: body.toString(),
});

/** The right answer of a kind of call, for a call that asks for nothing in particular. */
export const healthyOf = (kind: Kind): Answer =>
  KINDS[kind]({
    url: new URL(SAMPLES[kind] ?? `https://kv-a.vault.test/keys/kek/${VERSION}`),
    body: JSON.stringify({
      value: (kind === "vault.unwrap" ? WRAPPED : randomBytes(32)).toString("base64url"),
    }),
  });
const SAMPLES: Readonly<Partial<Record<Kind, string>>> = {
  "rm.putIdentity": `https://arm.test${USER_IDENTITY}`,
  "rm.getIdentity": `https://arm.test${USER_IDENTITY}`,
  "rm.getVault": `https://arm.test${VAULT_ID}`,
};

/** The answer of a healthy Azure. */
export function healthy(request: PipelineRequest): Answer {
  return KINDS[kindOf(request)]({
    url: new URL(request.url),
    body: typeof request.body === "string" ? request.body : "",
  });
}

export type Fault = {
  readonly kind: Kind;
  /** How many calls of this kind meet it. */
  times: number;
  /** Which of them; absent: all. */
  readonly isOf?: (request: PipelineRequest) => boolean;
  readonly answer: (request: PipelineRequest) => Promise<PipelineResponse>;
};

/** An Azure in memory that answers well, unless faults are set: the first that fits is met. */
export function openAzureInMemory() {
  const state: { faults: readonly Fault[]; calls: Kind[] } = { faults: [], calls: [] };
  const sendRequest: HttpClient["sendRequest"] = (request) => {
    const kind = kindOf(request);
    state.calls.push(kind);
    const fault = state.faults.find(
      ({ kind: met, times, isOf = () => true }) => met === kind && times > 0 && isOf(request),
    );
    if (fault === undefined) return Promise.resolve(responseOf(request, healthy(request)));
    fault.times -= 1;
    return fault.answer(request);
  };
  return { state, httpClient: { sendRequest } };
}

/** The broker's own adapters, with an Azure in memory. */
export function openAzure() {
  const { state, httpClient } = openAzureInMemory();
  const azure = createAzure(CONFIG, {
    extraCaPem: undefined,
    httpClient,
    signAssertion: () => Promise.resolve("assertion"),
    now: () => Date.now(),
    random: () => 0,
    sleep: sleepBySignal,
  });
  return { azure, state };
}

/** No answer, until the call is given up. */
export const silence = ({ timeout, abortSignal }: PipelineRequest): Promise<never> =>
  new Promise((_resolve, reject) => {
    const end = (): void => reject(Object.assign(new Error("given up"), { name: "AbortError" }));
    const timer = timeout === 0 ? undefined : setTimeout(end, timeout);
    abortSignal?.addEventListener("abort", () => {
      clearTimeout(timer);
      end();
    });
  });

/** By the timers of this process, so that a test can let them pass. */
const sleepBySignal = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Error("given up"));
    });
  });

export const CONFIG: AzureConfig = {
  ARM_URL: "https://arm.test",
  AZURE_CLOUD: undefined,
  BROKER_CLIENT_ID: undefined,
  BROKER_IDENTITY_TOKEN_FILE: undefined,
  BROKER_URL: "https://broker.test",
  DNS_SERVER: undefined,
  ENTRA_AUTHORITY: "https://login.test",
  GRAPH_URL: "https://graph.test",
  IDENTITY_RESOURCE_GROUP: GROUP,
  KEY_VAULT_SUFFIXES: ["vault.test"],
  READ_ACCOUNTS: true,
  REWRAP_VAULT_PERCENT: 50,
  TENANT_ID: TENANT,
  VAULT_OPERATIONS_PER_10_SECONDS: 40_000,
};

const orderOf = (name: string) =>
  orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup: "g", name });
const identityOf = (name: string): KeyIdentity => ({
  kind: "order",
  attachment: "user",
  order: orderOf(name),
  tenantId: TENANT,
  clientId: guidOf(`client ${name}`),
  principalId: guidOf(`principal ${name}`),
});
const keyOf = (vaultName: string) => ({
  vaultUrl: `https://${vaultName}.vault.test`,
  vaultName,
  keyName: "kek",
});
const WRAPPED = publicEncrypt({ key: pair.publicKey, ...OAEP }, Buffer.alloc(32, 7));

export type PortCall = {
  readonly meets: readonly Kind[];
  readonly run: (azure: Azure, who: string, vault?: string) => Promise<Outcome<unknown>>;
};
const VAULT_CALL = [
  "vault.challenge",
  "entra.discovery",
  "entra.token",
] as const satisfies readonly Kind[];

/** Every call of the broker's ports, with the kinds of calls to Azure that it makes. */
export const PORT_CALLS: Readonly<Record<string, PortCall>> = {
  getKey: {
    meets: [...VAULT_CALL, "vault.get"],
    run: ({ vaults }, who, vault = "kv-a") => vaults.getKey(identityOf(who), keyOf(vault)),
  },
  getDeletedKey: {
    meets: [...VAULT_CALL, "vault.getDeleted"],
    run: ({ vaults }, who, vault = "kv-a") => vaults.getDeletedKey(identityOf(who), keyOf(vault)),
  },
  wrapKey: {
    meets: [...VAULT_CALL, "vault.wrap"],
    run: ({ vaults }, who, vault = "kv-a") =>
      vaults.wrapKey(identityOf(who), kidOf(vault, "kek"), new Uint8Array(32)),
  },
  unwrapKey: {
    meets: [...VAULT_CALL, "vault.unwrap"],
    run: ({ vaults }, who, vault = "kv-a") =>
      vaults.unwrapKey(identityOf(who), kidOf(vault, "kek"), WRAPPED),
  },
  signIn: {
    meets: ["entra.discovery", "entra.token"],
    run: ({ vaults }, who) => vaults.signIn(identityOf(who)),
  },
  ownKey: {
    meets: ["imds.token"],
    run: ({ vaults }, _who, vault = "kv-own") => vaults.getKey({ kind: "broker" }, keyOf(vault)),
  },
  createSystemAssigned: {
    meets: ["imds.token", "rm.putIdentity", "rm.putFederation"],
    run: ({ identities }, who) => identities.createSystemAssigned(orderOf(who), "westus", 1),
  },
  deleteSystemAssigned: {
    meets: ["rm.deleteIdentity"],
    run: ({ identities }, who) => identities.deleteSystemAssigned(orderOf(who), 1),
  },
  attachUserAssigned: {
    meets: ["rm.getIdentity", "rm.putFederation"],
    run: ({ identities }, who) => identities.attachUserAssigned(orderOf(who), USER_IDENTITY),
  },
  vault: { meets: ["rm.getVault"], run: ({ resources }) => resources.vault(VAULT_ID) },
  deletedVault: {
    meets: ["rm.getDeletedVault"],
    run: ({ resources }) => resources.deletedVault(SUBSCRIPTION, "westus", "kv-a"),
  },
  storageAccountLocation: {
    meets: ["rm.storage"],
    run: ({ resources }) =>
      resources.storageAccountLocation(`${GROUP}/providers/Microsoft.Storage/storageAccounts/st`),
  },
  roleAssignments: {
    meets: ["rm.roles"],
    run: ({ roles }, who) =>
      roles.roleAssignments(guidOf(`principal ${who}`), `/subscriptions/${SUBSCRIPTION}`),
  },
  isEnabled: {
    meets: ["imds.token", "graph.account"],
    run: async ({ roles }, who) =>
      (await roles.isEnabled?.(guidOf(`principal ${who}`))) ?? { ok: true, value: false },
  },
};
