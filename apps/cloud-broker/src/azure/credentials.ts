import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import {
  ClientAssertionCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { AppError, type Facts } from "@databox-cmk/errors";

import { classifyTokenFailure, type TokenHolder } from "../core/classify-token-failure.ts";
import { failed } from "../core/failed.ts";
import { isFresh } from "../core/is-fresh.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity, OrderId } from "../core/order.ts";
import type { Clock, Outcome } from "../core/ports.ts";
import { observe, TokenFailure } from "./exchange.ts";
import { type AzureTransport, CALL_TIMEOUT_MS, codeOf } from "./transport.ts";

/**
 * A token lives for an hour or a day, but a deleted identity must not keep working that long, so
 * this limit is ours.
 */
const MAX_TOKEN_AGE_MS = 60_000;
const REMEMBERED_TOKENS = 1000;

export type Credentials = ReturnType<typeof createCredentials>;

/** The broker's own managed identity. */
export type BrokerIdentity = {
  /** Absent: the machine's only one. */
  readonly clientId?: string | undefined;
  /** Token of the service account that the identity trusts; absent: the machine has it. */
  readonly tokenFile?: string | undefined;
  readonly tenantId: string;
};

export type CredentialDependencies = {
  readonly transport: AzureTransport;
  readonly broker: BrokerIdentity;
  /** Entra's address, without a tenant. */
  readonly authorityUrl: string;
  /**
   * Signs the JWT that represents an order at Entra (workload identity federation: no secret is
   * ever stored).
   */
  readonly signAssertion: (order: OrderId) => Promise<string>;
  /** Issuer and audience of that JWT, as registered in Entra. */
  readonly issuer: string;
  readonly tokenExchangeAudience: string;
  readonly now: Clock;
};

/**
 * The broker's identity comes from its machine or its cluster, an order's by federation. Never
 * DefaultAzureCredential: it would fall back to any account that is signed in on the machine.
 */
export function createCredentials(deps: CredentialDependencies) {
  const { transport, now } = deps;
  const tokens = new LeastRecentlyUsed<
    string,
    { readonly token: Promise<AccessToken>; readonly bornMs: number }
  >(REMEMBERED_TOKENS);
  const own = createOwnCredential(deps);
  const kind = deps.broker.tokenFile === undefined ? "broker" : "account";
  const broker: TokenCredential = {
    getToken: (scopes, options) => acquire({ kind }, () => own.getToken(scopes, options)),
  };

  /**
   * A vault's challenge names a tenant, too. It is ignored: the token always comes from the
   * identity's own tenant, and only the vault can say that it does not trust that one (AKV10032).
   */
  function credentialOf(identity: KeyIdentity): TokenCredential {
    if (identity.kind === "broker") return broker;
    return { getToken: (scopes, options) => cachedToken(identity, scopes, options) };
  }

  function cachedToken(
    identity: OrderIdentity,
    scopes: string | string[],
    options: GetTokenOptions = {},
  ): Promise<AccessToken> {
    const key = keyOf(identity, scopes, options);
    const cached = tokens.get(key);
    if (cached !== undefined && isFresh(now(), cached.bornMs, MAX_TOKEN_AGE_MS))
      return cached.token;
    const token = freshToken(identity, scopes, options);
    tokens.set(key, { token, bornMs: now() });
    token.catch(() => {
      tokens.delete(key);
    });
    return token;
  }

  async function freshToken(
    identity: OrderIdentity,
    scopes: string | string[],
    options: GetTokenOptions,
  ): Promise<AccessToken> {
    // A new credential each time: the library's own cache would hide a removed identity for the
    // token's whole life.
    const credential = new ClientAssertionCredential(
      identity.tenantId,
      identity.clientId,
      () => deps.signAssertion(identity.order),
      {
        ...transport.clientOptions(),
        authorityHost: deps.authorityUrl,
        disableInstanceDiscovery: true,
      },
    );
    const token = await acquire(
      { kind: identity.attachment },
      () => credential.getToken(scopes, { ...options, tenantId: identity.tenantId }),
      {
        brokerUrl: deps.issuer,
        federationIssuer: deps.issuer,
        federationAudience: deps.tokenExchangeAudience,
      },
    );
    const expiresOnTimestamp = Math.min(token.expiresOnTimestamp, Date.now() + MAX_TOKEN_AGE_MS);
    return { token: token.token, expiresOnTimestamp };
  }

  return {
    of: credentialOf,
    /**
     * Bypasses every cache. The vault calls that follow use its token; where it fails, they use
     * the one that they had.
     */
    async signIn(identity: KeyIdentity, scope: string): Promise<Outcome<undefined>> {
      try {
        if (identity.kind === "broker") await broker.getToken(scope);
        else {
          const token = freshToken(identity, scope, CAE);
          await token;
          tokens.set(keyOf(identity, scope, CAE), { token, bornMs: now() });
        }
        return { ok: true, value: undefined };
      } catch (error) {
        if (error instanceof TokenFailure) return failed(error.failure);
        throw error;
      }
    },
    /** Discards the identity's tokens after a vault refused one. */
    forget(identity: KeyIdentity) {
      if (identity.kind === "order")
        tokens.deleteWhere((key) => key.startsWith(`${prefixOf(identity)} `));
    },
  };
}

/**
 * ManagedIdentityCredential finds a service account by itself, in variables. It would not use our
 * transport for it, so that a refusal would look like an outage without a reason.
 */
function createOwnCredential({
  broker: { clientId, tokenFile, tenantId },
  transport,
  authorityUrl,
}: Pick<CredentialDependencies, "broker" | "transport" | "authorityUrl">): TokenCredential {
  const options = transport.clientOptions();
  if (tokenFile === undefined)
    return new ManagedIdentityCredential({
      ...(clientId !== undefined && { clientId }),
      ...options,
      retryOptions: { maxRetries: 1 },
    });
  if (clientId === undefined)
    throw new AppError("Misuse", { detail: "BROKER_IDENTITY_TOKEN_FILE needs BROKER_CLIENT_ID" });
  return new WorkloadIdentityCredential({
    clientId,
    tenantId,
    tokenFilePath: tokenFile,
    ...options,
    authorityHost: authorityUrl,
    disableInstanceDiscovery: true,
  });
}

type OrderIdentity = Extract<KeyIdentity, { kind: "order" }>;

/** The SDK asks so for a vault's tokens: the vault may refuse them before they expire. */
const CAE: GetTokenOptions = { enableCae: true };

const keyOf = (
  identity: OrderIdentity,
  scopes: string | string[],
  { claims = "" }: GetTokenOptions,
): string => [prefixOf(identity), claims, ...[scopes].flat()].join(" ");

/** Tokens are cached per order: no order ever uses a token that another order obtained. */
const prefixOf = ({ order, tenantId, clientId }: OrderIdentity): string =>
  `${order} ${tenantId} ${clientId}`;

/**
 * Errors of a kept connection that its server closed at that moment; a token request may be
 * repeated.
 */
const CLOSED_MEANWHILE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

/** One token request within the time limit, with its failure named. */
async function acquire(
  holder: TokenHolder,
  run: () => Promise<AccessToken | null>,
  facts: Facts = {},
): Promise<AccessToken> {
  const ask = () => observe(() => withinTimeLimit(run()));
  const first = await ask();
  const isClosed =
    first.exchange?.kind === "network" && CLOSED_MEANWHILE.has(first.exchange.code ?? "");
  const observed = isClosed ? await ask() : first;
  const { exchange } = observed;
  // The library takes a token from a body of any status.
  const isSuccess = exchange?.kind !== "answer" || exchange.status < 300;
  if (observed.ok && observed.value !== null && isSuccess) return observed.value;
  const error = observed.ok ? undefined : observed.error;
  // The library may be waiting when the time is over, since the last answer asked for it.
  const isRefused = exchange?.kind === "answer" && exchange.status >= 400;
  const isLate = codeOf(error) === "ETIMEDOUT" && !isRefused;
  const evidence =
    isLate || exchange === undefined || exchange.kind === "network"
      ? ({
          kind: "network",
          code: exchange?.kind === "network" ? exchange.code : codeOf(error),
        } as const)
      : exchange;
  throw new TokenFailure({ ...classifyTokenFailure(evidence, holder), facts }, error);
}

/** The library retries on its own and accepts no signal. It ends before the call that waits. */
function withinTimeLimit<Value>(promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error("no token in time"), { code: "ETIMEDOUT" }));
    }, CALL_TIMEOUT_MS - 1000);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
