import { AppError } from "@databox-cmk/errors";
import * as client from "openid-client";
import * as z from "zod";

import type { Clock } from "../../core/ports.ts";
import { remember } from "../../core/remember.ts";
import type { Audience, UserToken } from "../../http/route.ts";
import { translateSignInFailure } from "./sign-in-failure.ts";

/** The sealed content of the browser's cookie, between leaving for Entra ID and coming back. */
export type SignInAttempt = {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
};

export type Refreshed = {
  readonly token: UserToken;
  /** The next refresh token: Entra ID issues another one each time. */
  readonly refreshToken: string | undefined;
  /** The present app roles. */
  readonly roles: readonly string[] | undefined;
};
export type SignedIn = {
  readonly objectId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly refreshToken: string | undefined;
  readonly token: UserToken;
};

/** Entra ID as the portal's sign-in (authorization code with PKCE). */
export type IdentityProvider = {
  begin(): Promise<{ readonly url: string; readonly attempt: SignInAttempt }>;
  /** @param query - of the callback, unchanged */
  complete(query: URLSearchParams, attempt: SignInAttempt): Promise<SignedIn>;
  /**
   * @returns undefined when Entra ID no longer accepts the person's refresh token, or not for this
   * audience
   */
  refresh(refreshToken: string, audience: Audience): Promise<Refreshed | undefined>;
  signOutUrl(): Promise<string>;
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
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

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
    readonly now: Clock;
  },
): IdentityProvider {
  const { tenantId, clientId, portalUrl, scopes } = settings;
  const { now } = dependencies;
  const redirectUri = `${portalUrl}${CALLBACK}`;
  const issuer = new URL(`${settings.authorityUrl}/${tenantId}/v2.0`);

  const authenticateClient = async (
    _server: client.ServerMetadata,
    _client: client.ClientMetadata,
    body: URLSearchParams,
  ): Promise<void> => {
    body.set("client_id", clientId);
    body.set("client_assertion_type", ASSERTION_TYPE);
    body.set("client_assertion", await dependencies.signAssertion());
  };

  const configuration = remember(now, METADATA_MAX_AGE_MS, () =>
    client.discovery(issuer, clientId, undefined, authenticateClient, {
      [client.customFetch]: dependencies.fetch,
      timeout: TIMEOUT_SECONDS,
      // The identity token's signature is verified too, although it came by TLS from Entra ID
      // itself.
      execute: [client.enableNonRepudiationChecks],
    }),
  );

  return {
    async begin() {
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(await reach(configuration()), {
        redirect_uri: redirectUri,
        scope: `openid profile offline_access ${scopes.arm}`,
        response_mode: "query",
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, attempt };
    },

    async complete(query, attempt) {
      const server = await reach(configuration());
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
      if (!claims.success || claims.data.tid !== tenantId)
        throw new AppError("SignInFailed", {
          reason: "answer-invalid",
          detail: "the identity token lacks oid or tid, or is of another tenant",
        });
      const { oid, name, preferred_username: userName, roles = [] } = claims.data;
      return {
        objectId: oid,
        name: name ?? userName ?? oid,
        roles,
        refreshToken: answer.refresh_token,
        token: tokenOf(answer, now()),
      };
    },

    async refresh(refreshToken, audience) {
      const server = await reach(configuration());
      try {
        const answer = await client.refreshTokenGrant(server, refreshToken, {
          scope: `openid profile offline_access ${scopes[audience]}`,
        });
        const claims = identityClaims.safeParse(answer.claims());
        return {
          token: tokenOf(answer, now()),
          refreshToken: answer.refresh_token,
          roles: claims.success ? (claims.data.roles ?? []) : undefined,
        };
      } catch (error) {
        if (needsPerson(error)) return undefined;
        throw translateSignInFailure(error);
      }
    },

    async signOutUrl() {
      return client.buildEndSessionUrl(await reach(configuration()), {
        post_logout_redirect_uri: `${portalUrl}/portal/?signed-out`,
      }).href;
    },
  };
}

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
