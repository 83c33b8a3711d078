import { AppError } from "@databox-cmk/errors";
import type { RateLimit } from "@databox-cmk/http";
import { isIdentifier } from "@databox-cmk/protocol";
import * as client from "openid-client";
import * as z from "zod";

import { LeastRecentlyUsed } from "../../core/least-recently-used.ts";
import type { Clock } from "../../core/ports.ts";
import { remember } from "../../core/remember.ts";
import type { Audience, UserToken } from "../../http/route.ts";
import { translateSignInFailure } from "./sign-in-failure.ts";

/** The sealed content of the browser's cookie, between leaving for Entra ID and coming back. */
export type SignInAttempt = {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The tenant that the person named; undefined: the service's own. */
  readonly tenantId?: string | undefined;
};

export type Refreshed = {
  readonly token: UserToken;
  /** The next refresh token: Entra ID issues another one each time. */
  readonly refreshToken: string | undefined;
  /** The present app roles. */
  readonly roles: readonly string[] | undefined;
};
export type SignedIn = {
  /** Undefined: the service's own. */
  readonly tenantId: string | undefined;
  readonly objectId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly refreshToken: string | undefined;
  readonly token: UserToken;
};

/**
 * Entra ID as the portal's sign-in (authorization code with PKCE). Without a tenant's id, the
 * service's own tenant is meant.
 */
export type IdentityProvider = {
  /**
   * The id of a tenant, by its id or a verified domain in lower case.
   *
   * @throws {AppError} SignInFailed (tenant-unknown), TooManyRequests
   */
  findTenant(name: string): Promise<string>;
  /** @param loginHint - the name that the person will sign in with, if they typed it */
  begin(
    tenantId?: string,
    loginHint?: string,
  ): Promise<{ readonly url: string; readonly attempt: SignInAttempt }>;
  /** @param query - of the callback, unchanged */
  complete(query: URLSearchParams, attempt: SignInAttempt): Promise<SignedIn>;
  /**
   * @returns undefined when Entra ID no longer accepts the person's refresh token, or not for this
   * audience
   */
  refresh(
    refreshToken: string,
    audience: Audience,
    tenantId?: string,
  ): Promise<Refreshed | undefined>;
  signOutUrl(tenantId?: string): Promise<string>;
};

export type IdentityProviderSettings = {
  readonly authorityUrl: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly portalUrl: string;
  readonly scopes: Readonly<Record<Audience, string>>;
};

const CALLBACK = "/portal/auth/callback";
const TIMEOUT_SECONDS = 10;
/** Metadata is fetched again after this time; the keys follow their own expiry. */
const METADATA_MAX_AGE_MS = 3_600_000;
/** Tenants whose metadata are kept, and names of tenants whose ids are. */
const MAX_TENANTS = 500;
const DOMAIN = /^(?=.{1,253}$)(?:[\da-z-]{1,63}\.)+[\da-z-]{2,63}$/;
const NOT_THERE: ReadonlySet<number> = new Set([400, 404]);
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const metadata = z.object({ issuer: z.string() });
const identityClaims = z.object({
  oid: z.guid(),
  tid: z.guid(),
  name: z.string().max(256).optional(),
  preferred_username: z.string().max(256).optional(),
  roles: z.array(z.string().max(256)).max(200).optional(),
});

/**
 * @param dependencies.signAssertion - the broker's assertion that it is the portal's application:
 * workload identity federation, so that there is no client secret to store, leak or renew
 */
export function createIdentityProvider(
  settings: IdentityProviderSettings,
  dependencies: {
    readonly fetch: client.CustomFetch;
    readonly signAssertion: () => Promise<string>;
    /** Lookups of tenants that may not exist, which anyone can cause. */
    readonly limitLookups: RateLimit;
    readonly now: Clock;
  },
): IdentityProvider {
  const { authorityUrl, clientId, portalUrl, scopes } = settings;
  const { now } = dependencies;
  const redirectUri = `${portalUrl}${CALLBACK}`;
  const issuerOf = (tenant: string) => `${authorityUrl}/${tenant}/v2.0`;

  const authenticateClient = async (
    _server: client.ServerMetadata,
    _client: client.ClientMetadata,
    body: URLSearchParams,
  ): Promise<void> => {
    body.set("client_id", clientId);
    body.set("client_assertion_type", ASSERTION_TYPE);
    body.set("client_assertion", await dependencies.signAssertion());
  };

  const configurations = new LeastRecentlyUsed<string, () => Promise<client.Configuration>>(
    MAX_TENANTS,
  );
  const configuration = (tenantId = settings.tenantId): Promise<client.Configuration> =>
    configurations.getOr(tenantId, () =>
      remember(now, METADATA_MAX_AGE_MS, () =>
        client.discovery(new URL(issuerOf(tenantId)), clientId, undefined, authenticateClient, {
          [client.customFetch]: dependencies.fetch,
          timeout: TIMEOUT_SECONDS,
          // The identity token's signature is verified too, although it came by TLS from Entra ID
          // itself.
          execute: [client.enableNonRepudiationChecks],
        }),
      ),
    )();

  async function lookUp(name: string): Promise<string> {
    const unknown = new AppError("SignInFailed", { reason: "tenant-unknown" });
    if (!isIdentifier("tenantId", name) && !DOMAIN.test(name)) throw unknown;
    const retryAfterSeconds = dependencies.limitLookups("all");
    if (retryAfterSeconds !== undefined)
      throw new AppError("TooManyRequests", { facts: { retryAfterSeconds } });
    const answer = await reach(
      dependencies.fetch(`${issuerOf(name)}/.well-known/openid-configuration`, {
        method: "GET",
        headers: { accept: "application/json" },
        body: undefined,
        redirect: "manual",
      }),
    );
    if (NOT_THERE.has(answer.status)) throw unknown;
    const found = metadata.safeParse(answer.ok ? await reach(answer.json()) : undefined);
    if (!found.success) throw new AppError("IdentityProviderUnreachable", { reason: "entra" });
    const tenantId = found.data.issuer.split("/").at(-2) ?? "";
    if (!isIdentifier("tenantId", tenantId) || issuerOf(tenantId) !== found.data.issuer)
      throw unknown;
    return tenantId;
  }
  const lookups = new LeastRecentlyUsed<string, () => Promise<string>>(MAX_TENANTS);

  return {
    findTenant: (name) =>
      lookups.getOr(name, () => remember(now, METADATA_MAX_AGE_MS, () => lookUp(name)))(),

    async begin(tenantId, loginHint) {
      const attempt = {
        tenantId,
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(await reach(configuration(tenantId)), {
        redirect_uri: redirectUri,
        scope: `openid profile offline_access ${scopes.arm}`,
        response_mode: "query",
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: "S256",
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      });
      return { url: url.href, attempt };
    },

    async complete(query, attempt) {
      const { tenantId } = attempt;
      const server = await reach(configuration(tenantId));
      const answer = await client
        .authorizationCodeGrant(server, new URL(`${redirectUri}?${query.toString()}`), {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.codeVerifier,
        })
        .catch((error: unknown) => {
          throw translateSignInFailure(error);
        });
      const claims = identityClaims.safeParse(answer.claims());
      if (!claims.success || claims.data.tid !== (tenantId ?? settings.tenantId))
        throw new AppError("SignInFailed", {
          reason: "answer-invalid",
          detail: "the identity token lacks oid or tid, or is of another tenant",
        });
      const { oid, name, preferred_username: userName } = claims.data;
      return {
        tenantId,
        objectId: oid,
        name: name ?? userName ?? oid,
        roles: rolesOf(claims.data, tenantId),
        refreshToken: answer.refresh_token,
        token: tokenOf(answer, now()),
      };
    },

    async refresh(refreshToken, audience, tenantId) {
      const server = await reach(configuration(tenantId));
      try {
        const answer = await client.refreshTokenGrant(server, refreshToken, {
          scope: `openid profile offline_access ${scopes[audience]}`,
        });
        const claims = identityClaims.safeParse(answer.claims());
        return {
          token: tokenOf(answer, now()),
          refreshToken: answer.refresh_token,
          roles: claims.success ? rolesOf(claims.data, tenantId) : undefined,
        };
      } catch (error) {
        if (needsPerson(error)) return undefined;
        throw translateSignInFailure(error);
      }
    },

    async signOutUrl(tenantId) {
      return client.buildEndSessionUrl(await reach(configuration(tenantId)), {
        post_logout_redirect_uri: `${portalUrl}/portal/?signed-out`,
      }).href;
    },
  };
}

/** A customer's administrators assign the application's roles in their tenant; they prove nothing. */
const rolesOf = (
  { roles = [] }: z.output<typeof identityClaims>,
  tenantId: string | undefined,
): readonly string[] => (tenantId === undefined ? roles : []);

async function reach<Value>(value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (cause) {
    throw new AppError("IdentityProviderUnreachable", { reason: "entra", cause });
  }
}

/** RFC 6749 §5.2, OpenID Connect Core §3.1.2.6: the person must sign in again. */
const PERSON_NEEDED = new Set([
  "invalid_grant",
  "interaction_required",
  "login_required",
  "consent_required",
]);

function needsPerson(error: unknown): boolean {
  return error instanceof client.ResponseBodyError && PERSON_NEEDED.has(error.error);
}

/** Entra ID always names the lifetime; a token without one is good for this request only. */
function tokenOf(answer: client.TokenEndpointResponse, nowMs: number): UserToken {
  return {
    accessToken: answer.access_token,
    expiresAtMs: nowMs + (answer.expires_in ?? 0) * 1000,
  };
}
