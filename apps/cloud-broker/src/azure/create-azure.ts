import type { Agent } from "node:https";

import type { TokenCredential } from "@azure/core-auth";
import { type Cloud, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import * as z from "zod";

import type { RoleReader } from "../callers/held-roles.ts";
import { type BrokerConfig, cloudOf } from "../config/config.ts";
import { failed } from "../core/failed.ts";
import type { KeyUrl, OrderId } from "../core/order.ts";
import type { Clock, IdentityDirectory, KeyVaults, ResourceReader } from "../core/ports.ts";
import type { IssuerKeys } from "../keys/issuer/issuer-keys.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";
import { askForDate } from "./ask-for-date.ts";
import { createCredentials } from "./credentials.ts";
import { createIdentityDirectory } from "./identities.ts";
import { createKeyVaults } from "./key-vaults.ts";
import { type DnsServer, resolves } from "./name-lookup.ts";
import {
  unexpectedResource,
  createResourceManagerGet,
  type ResourceManagerGet,
} from "./resource-manager-get.ts";
import { createResourceReader } from "./resource-reader.ts";
import { createAzureTransport } from "./transport.ts";
import { createVaultBudget } from "./vault-budget.ts";
import { createVaultCalls, type Sleep, sleepByTimer } from "./vault-calls.ts";
import { createVaultClients } from "./vault-clients.ts";
import { createVaultIssuerKeys } from "./vault-issuer-keys.ts";

const API_VERSION = "2022-04-01";
const SCOPE = /^\/subscriptions\/[^/?#]+(?:\/resourceGroups\/[^/?#]+)?$/i;
const PRINCIPAL = /^[0-9A-Za-z-]{1,64}$/;
const ASSIGNMENTS = z.object({
  value: z
    .array(z.object({ properties: z.object({ roleDefinitionId: z.string(), scope: z.string() }) }))
    .max(1000),
});
export type AzureSettings = {
  readonly armUrl: string;
  readonly authorityUrl: string;
  readonly tenantId: string;
  readonly brokerClientId?: string | undefined;
  readonly brokerTokenFile?: string | undefined;
  /** The first suffix is the cloud's own; tokens are requested for it. */
  readonly keyVaultSuffixes: readonly [string, ...string[]];
  readonly identityResourceGroupId: string;
  /** The broker's token issuer, as Entra reaches it. */
  readonly issuer: string;
  /** Its federated credentials name an audience of their own; absent: the public cloud. */
  readonly cloud?: Pick<Cloud, "tokenExchangeAudience">;
  readonly extraCaPem?: string | undefined;
  readonly dnsServer?: DnsServer | undefined;
  /** The vault's operation rate, and the share of it for work that can wait (0 to 1). */
  readonly vaultOperationsPerSecond?: number;
  readonly rewrapShare?: number;
};

/** Key Vault's limit for RSA-2048 keys in software: 4,000 in 10 s. */
const VAULT_OPERATIONS_PER_SECOND = 400;
const REWRAP_SHARE = 0.5;

export type Azure = {
  readonly vaults: KeyVaults;
  readonly identities: IdentityDirectory;
  readonly resources: ResourceReader;
  readonly roles: RoleReader;
  /** The issuer's keys in the broker's own vault. */
  issuerKeys(key: KeyUrl): IssuerKeys;
  /** For Azure calls without an SDK: the same trust, names and time limits. */
  readonly agent: Agent;
  /** Asks for Entra ID's time, without trust in its certificate. @returns epoch milliseconds */
  askForDate(): Promise<number | undefined>;
  close(): void;
};

export type AzureDependencies = {
  readonly signAssertion: (order: OrderId) => Promise<string>;
  readonly now: Clock;
  readonly random: () => number;
  /** Waits between two attempts of a call; absent: the system's timers. */
  readonly sleep?: Sleep;
  /** Compares our clock with the dates of answers; absent: nothing does. */
  readonly clock?: ClockWatch;
};

/** All Azure clients of the broker, on one transport. */
export function createAzure(settings: AzureSettings, deps: AzureDependencies): Azure {
  const { armUrl, authorityUrl, tenantId, issuer } = settings;
  const { tokenExchangeAudience } = settings.cloud ?? CLOUDS[PUBLIC_CLOUD];
  const transport = createAzureTransport({ ...settings, clock: deps.clock });
  const credentials = createCredentials({
    transport,
    broker: {
      clientId: settings.brokerClientId,
      tokenFile: settings.brokerTokenFile,
      tenantId,
    },
    authorityUrl,
    signAssertion: deps.signAssertion,
    issuer,
    tokenExchangeAudience,
    now: deps.now,
  });
  const clients = createVaultClients(transport, (identity) => credentials.of(identity));
  const calls = createVaultCalls({
    controlNameResolves: () => resolves(transport.lookup, new URL(authorityUrl).hostname),
    forget(identity) {
      credentials.forget(identity);
      clients.forget(identity);
    },
    budget: createVaultBudget({
      operationsPerSecond: settings.vaultOperationsPerSecond ?? VAULT_OPERATIONS_PER_SECOND,
      share: settings.rewrapShare ?? REWRAP_SHARE,
      now: deps.now,
    }),
    random: deps.random,
    sleep: deps.sleep ?? sleepByTimer,
  });
  const credential = uncached(credentials.of({ kind: "broker" }));
  const get = createResourceManagerGet({ transport, credential, armUrl });
  const vaultScope = `https://${settings.keyVaultSuffixes[0]}/.default`;
  return {
    vaults: createKeyVaults({ calls, clients, credentials, vaultScope }),
    identities: createIdentityDirectory({
      transport,
      credential,
      armUrl,
      tenantId,
      issuer,
      tokenExchangeAudience,
      resourceGroupId: settings.identityResourceGroupId,
    }),
    resources: createResourceReader({ transport, credential, armUrl, get }),
    roles: createRoleReader(get),
    issuerKeys: (key) => createVaultIssuerKeys(key, { calls, clients, now: deps.now }),
    agent: transport.agent,
    askForDate: () => askForDate(authorityUrl, transport.lookup),
    close: () => {
      transport.close();
    },
  };
}

/** Role assignments from Resource Manager: those at the scope and above it. */
function createRoleReader(get: ResourceManagerGet): RoleReader {
  return {
    async roleAssignments(principalId, scope) {
      if (!SCOPE.test(scope) || !PRINCIPAL.test(principalId)) return { ok: true, value: [] };
      const filter = encodeURIComponent(`assignedTo('${principalId}')`);
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
      const answer = await get(`${path}?api-version=${API_VERSION}&$filter=${filter}`);
      if (answer.kind === "failed") return failed(answer.failure);
      if (answer.kind !== "found") return { ok: true, value: [] };
      const assignments = ASSIGNMENTS.safeParse(answer.value);
      if (!assignments.success) return unexpectedResource("list of role assignments");
      return { ok: true, value: assignments.data.value.map(({ properties }) => properties) };
    },
  };
}

/**
 * The same tokens, declared to expire at once. The bearer policy of @azure/core-rest-pipeline
 * (1.25) refreshes a token that expires soon in the background and leaves a failure there
 * unhandled, which ends the process. Without a cached token it requests one for each call, and the
 * failure belongs to that call. The credential caches its tokens itself.
 */
export function uncached(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      const token = await credential.getToken(scopes, options);
      return token === null ? null : { token: token.token, expiresOnTimestamp: Date.now() };
    },
  };
}

/** The part of the configuration that concerns Azure. */
export const azureSettingsOf = (
  config: BrokerConfig,
  extraCaPem: string | undefined,
): AzureSettings => ({
  armUrl: config.ARM_URL,
  authorityUrl: config.ENTRA_AUTHORITY,
  tenantId: config.TENANT_ID,
  brokerClientId: config.BROKER_CLIENT_ID,
  brokerTokenFile: config.BROKER_IDENTITY_TOKEN_FILE,
  keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
  identityResourceGroupId: config.IDENTITY_RESOURCE_GROUP,
  issuer: config.BROKER_URL,
  cloud: cloudOf(config),
  extraCaPem,
  dnsServer: config.DNS_SERVER,
  vaultOperationsPerSecond: config.VAULT_OPERATIONS_PER_10_SECONDS / 10,
  rewrapShare: config.REWRAP_VAULT_PERCENT / 100,
});
