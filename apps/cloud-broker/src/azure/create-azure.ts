import type { Agent } from "node:https";

import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import * as z from "zod";

import type { RoleReader } from "../callers/held-roles.ts";
import { type BrokerConfig, cloudOf } from "../config/config.ts";
import { failed } from "../core/failed.ts";
import type { KeyUrl, OrderId } from "../core/order.ts";
import type {
  CallerResources,
  Clock,
  Failure,
  IdentityDirectory,
  KeyVaults,
} from "../core/ports.ts";
import type { IssuerKeys } from "../keys/issuer/issuer-keys.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";
import { askForDate } from "./ask-for-date.ts";
import { createCallerResources } from "./caller-resources.ts";
import { createCredentials } from "./credentials.ts";
import { createIdentityDirectory } from "./identities.ts";
import { createKeyVaults } from "./key-vaults.ts";
import { createResourceManagerGet, type ResourceManagerGet } from "./resource-manager-get.ts";
import { createResourceReader, type OwnReader } from "./resource-reader.ts";
import { createRoleReader, PRINCIPAL } from "./role-reader.ts";
import { createAzureTransport } from "./transport.ts";
import { createVaultBudget } from "./vault-budget.ts";
import { createCallVault, type Sleep, sleepByTimer } from "./vault-calls.ts";
import { createVaultClients } from "./vault-clients.ts";
import { createVaultIssuerKeys } from "./vault-issuer-keys.ts";

const ACCOUNT = z.object({ accountEnabled: z.boolean() });
/** The first of KEY_VAULT_SUFFIXES is the cloud's own; tokens are requested for it. */
export type AzureConfig = Pick<
  BrokerConfig,
  | "ARM_URL"
  | "AZURE_CLOUD"
  | "BROKER_CLIENT_ID"
  | "BROKER_IDENTITY_TOKEN_FILE"
  | "BROKER_URL"
  | "DNS_SERVER"
  | "ENTRA_AUTHORITY"
  | "GRAPH_URL"
  | "IDENTITY_RESOURCE_GROUP"
  | "KEY_VAULT_SUFFIXES"
  | "READ_ACCOUNTS"
  | "REWRAP_VAULT_PERCENT"
  | "TENANT_ID"
  | "VAULT_OPERATIONS_PER_10_SECONDS"
>;

export type Azure = {
  readonly vaults: KeyVaults;
  readonly identities: IdentityDirectory;
  readonly resources: OwnReader;
  readonly roles: RoleReader;
  /** Resource Manager as the holder of a token of another tenant sees it. */
  resourcesOf(this: void, token: string, tenantId: string): CallerResources;
  /** The issuer's keys in the broker's own vault. */
  issuerKeys(key: KeyUrl): IssuerKeys;
  /** Azure calls without an SDK use it: the same trust, names and time limits. */
  readonly agent: Agent;
  /** Asks for Entra ID's time, without trust in its certificate. @returns epoch milliseconds */
  askForDate(): Promise<number | undefined>;
  close(): void;
};

export type AzureDependencies = {
  /** Trusted besides the system's certificates. */
  readonly extraCaPem: string | undefined;
  readonly signAssertion: (order: OrderId) => Promise<string>;
  readonly now: Clock;
  readonly random: () => number;
  /** Waits between two attempts of a call; absent: the system's timers. */
  readonly sleep?: Sleep;
  /** Compares our clock with the dates of answers; absent: nothing does. */
  readonly clock?: ClockWatch;
  /** The HTTP client of every call; absent: the one of the transport. */
  readonly httpClient?: HttpClient;
};

/**
 * All Azure clients of the broker, on one transport.
 *
 * One call of a vault passes these wrappers, outermost first:
 *
 * 1. The clock (vault-health.ts): no key counts as read while our clock is off.
 * 2. The trace (observability/trace.ts): a step of the message, a figure and a span.
 * 3. The slot (load/admission.ts): the request holds no place while it waits.
 * 4. The circuit (circuit-breaker.ts): a vault that does not answer is not called for a while.
 * 5. The budget (vault-budget.ts): work that can wait makes room for unlocks; one time limit
 *    (vault-calls.ts) covers all attempts from here on.
 * 6. The bulkhead (bulkhead.ts): each attempt takes one of the vault's places.
 * 7. The exchange (exchange.ts): keeps the HTTP answer, by which the failure is named.
 *
 * The first two are put around these clients by create-broker.ts.
 */
export function createAzure(config: AzureConfig, deps: AzureDependencies): Azure {
  const {
    ARM_URL: armUrl,
    ENTRA_AUTHORITY: authorityUrl,
    TENANT_ID: tenantId,
    BROKER_URL: issuer,
  } = config;
  const { tokenExchangeAudience } = cloudOf(config);
  const transport = createAzureTransport({
    extraCaPem: deps.extraCaPem,
    dnsServer: config.DNS_SERVER,
    clock: deps.clock,
    // One vault whose date is wrong must not stop a replica that serves all others.
    timeSources: [authorityUrl, armUrl],
    httpClient: deps.httpClient,
  });
  const credentials = createCredentials({
    transport,
    broker: {
      clientId: config.BROKER_CLIENT_ID,
      tokenFile: config.BROKER_IDENTITY_TOKEN_FILE,
      tenantId,
    },
    authorityUrl,
    signAssertion: deps.signAssertion,
    issuer,
    tokenExchangeAudience,
    now: deps.now,
  });
  const clients = createVaultClients(transport, (identity) => credentials.of(identity));
  const callVault = createCallVault({
    controlNameResolves: () => transport.resolves(new URL(authorityUrl).hostname),
    forget(identity) {
      credentials.forget(identity);
      clients.forget(identity);
    },
    budget: createVaultBudget({
      operationsPerSecond: config.VAULT_OPERATIONS_PER_10_SECONDS / 10,
      share: config.REWRAP_VAULT_PERCENT / 100,
      now: deps.now,
    }),
    random: deps.random,
    sleep: deps.sleep ?? sleepByTimer,
  });
  const credential = uncached(credentials.of({ kind: "broker" }));
  const getFrom = (origin: string) => createResourceManagerGet({ transport, credential, origin });
  const get = getFrom(armUrl);
  const vaultScope = `https://${config.KEY_VAULT_SUFFIXES[0]}/.default`;
  return {
    vaults: createKeyVaults({ callVault, clients, credentials, vaultScope }),
    identities: createIdentityDirectory({
      transport,
      credential,
      armUrl,
      tenantId,
      issuer,
      tokenExchangeAudience,
      resourceGroupId: config.IDENTITY_RESOURCE_GROUP,
    }),
    resources: createResourceReader(get),
    roles: {
      ...createRoleReader(get),
      ...(config.READ_ACCOUNTS ? createAccountReader(getFrom(config.GRAPH_URL)) : {}),
    },
    resourcesOf(token, callersTenant) {
      const expiresOnTimestamp = Number.MAX_SAFE_INTEGER;
      const own = { getToken: () => Promise.resolve({ token, expiresOnTimestamp }) };
      return createCallerResources(
        createResourceManagerGet({ transport, credential: own, origin: armUrl }),
        callersTenant,
      );
    },
    issuerKeys: (key) => createVaultIssuerKeys(key, { callVault, clients, now: deps.now }),
    agent: transport.agent,
    askForDate: () => askForDate(authorityUrl, transport.lookup),
    close: () => transport.close(),
  };
}

/** Accounts of people and programs, from Microsoft Graph. */
function createAccountReader(get: ResourceManagerGet): Pick<RoleReader, "isEnabled"> {
  return {
    async isEnabled(principalId) {
      if (!PRINCIPAL.test(principalId)) return { ok: true, value: false };
      for (const kind of ["users", "servicePrincipals"]) {
        const answer = await get(`/v1.0/${kind}/${principalId}?$select=id,accountEnabled`);
        const account = answer.kind === "found" ? ACCOUNT.safeParse(answer.value).data : undefined;
        if (account !== undefined) return { ok: true, value: account.accountEnabled };
        if (answer.kind === "failed") return failed(failureOfGraph(answer.failure));
        if (answer.kind !== "absent") return failed(failureOfGraph({ ...HIDDEN, detail: kind }));
      }
      return { ok: true, value: false };
    },
  };
}

const HIDDEN = { code: "ResourceManagerUnreachable", reason: "hidden" } as const;

/** Graph's answers are read by the rules of Resource Manager; those of a token have own names. */
function failureOfGraph(failure: Failure): Failure {
  if (failure.code !== HIDDEN.code) return failure;
  return {
    ...failure,
    code: "IdentityProviderUnreachable",
    reason: failure.reason === undefined ? "entra" : "accounts-hidden",
    detail: `Microsoft Graph: ${failure.detail?.replace(/^Resource Manager:? /, "") ?? ""}`,
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
