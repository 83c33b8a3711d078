import { hash } from "node:crypto";

import { AppError, type Cloud, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import { createRateLimit } from "@databox-cmk/http";
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from "jose";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { Clock } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";

type VerifiedToken = { readonly caller: Caller; readonly expiresAtMs: number };
/**
 * How long a verified token is accepted without verifying its signature again, never past its
 * expiry.
 */
const KEPT_MS = 60_000;
const MAX_TOKENS = 10_000;
export type TokenSettings = {
  /** Entra's authority without a tenant, such as https://login.microsoftonline.com */
  readonly authorityUrl: string;
  /** Its issuers are accepted beside the authority's own; absent: the public cloud. */
  readonly cloud?: Cloud;
  readonly tenantId: string;
  readonly audiences: readonly string[];
  /** Verified tokens that are kept. */
  readonly maxTokens?: number;
  readonly now: Clock;
};

/**
 * Bearer header → caller.
 *
 * @throws {AppError} `AuthenticationFailed`, or `IdentityProviderUnreachable` without the tenant's
 * keys
 */
export type VerifyToken = (authorization: string | undefined) => Promise<Caller>;

const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_TOKEN_CHARACTERS = 16 * 1024;
const KEYS_MAX_AGE_MS = 3_600_000;
/** Fetches that unknown kids may cause at once, and in a second after that. */
const REFETCHES = { burst: 5, tokensPerSecond: 0.5 };
/** A kid that Entra did not have a moment ago causes no further fetch. */
const UNKNOWN_KID_MS = 5_000;
const UNKNOWN_KIDS_MAX = 1_000;
const KID_MAX_CHARACTERS = 128;
const KEYS_TIMEOUT_MS = 5_000;

/**
 * The tenant's signing keys, cached; `fetch` is the broker's own, so that name resolution and trust
 * are configured once.
 *
 * A token with an unknown kid fetches the keys at once, since Entra rotates them without notice.
 * jose's own cool-down, the alternative, would refuse valid tokens for as long as it lasts, and
 * anyone can start it. All tokens share one fetch, junk kids are remembered for a moment, and
 * fetches have a rate.
 */
export function createTenantKeys(
  { authorityUrl, tenantId, now }: Pick<TokenSettings, "authorityUrl" | "tenantId" | "now">,
  fetch: FetchImplementation,
): JWTVerifyGetKey {
  let fetches = 0;
  const openKeys = () =>
    createRemoteJWKSet(new URL(`${authorityUrl}/${tenantId}/discovery/v2.0/keys`), {
      [customFetch]: (url, options) => {
        fetches += 1;
        return fetch(url, options);
      },
      cacheMaxAge: KEYS_MAX_AGE_MS,
      cooldownDuration: KEYS_MAX_AGE_MS,
      timeoutDuration: KEYS_TIMEOUT_MS,
    });
  /** Made for the first token: jose makes Headers, for which Node loads undici. */
  let opened: ReturnType<typeof openKeys> | undefined;
  const limit = createRateLimit({ ...REFETCHES, now });
  const unknownSinceMs = new LeastRecentlyUsed<string, number>(UNKNOWN_KIDS_MAX);
  const mayFetch = (kid: string): boolean => {
    const sinceMs = unknownSinceMs.get(kid);
    return (
      kid.length <= KID_MAX_CHARACTERS &&
      (sinceMs === undefined || now() - sinceMs >= UNKNOWN_KID_MS) &&
      limit("keys") === undefined
    );
  };
  return async (header, token) => {
    const before = fetches;
    const { kid = "" } = header;
    const keys = (opened ??= openKeys());
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const isFetchedSince = fetches !== before;
      if (keys.reloading || (!isFetchedSince && mayFetch(kid))) await keys.reload();
      else if (!isFetchedSince) throw error;
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (kid.length <= KID_MAX_CHARACTERS) unknownSinceMs.set(kid, now());
      throw error;
    }
  };
}

/** Names of Resource Manager as its clients put them into tokens: with a final slash or without. */
export const armAudiences = (origins: readonly string[]): readonly string[] =>
  origins.flatMap((origin) => [origin, `${origin}/`]);

/** Access tokens of Entra (v1 and v2) for one of the audiences. */
export function createVerifyToken(settings: TokenSettings, keys: JWTVerifyGetKey): VerifyToken {
  const { authorityUrl, cloud = CLOUDS[PUBLIC_CLOUD], tenantId, audiences, now } = settings;
  const options = {
    algorithms: ["RS256"],
    issuer: [
      `${cloud.tokenIssuerUrl}/${tenantId}/`,
      `${authorityUrl}/${tenantId}/v2.0`,
      `${cloud.openIdIssuerUrl}/${tenantId}/v2.0`,
    ],
    audience: [...audiences],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp", "nbf", "oid", "tid"],
  };
  const verify = rememberCallers(async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...options,
        currentDate: new Date(now()),
      });
      return { caller: callerOf(payload, tenantId), expiresAtMs: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      throw translate(error);
    }
  }, settings);
  return async (authorization) => verify(readBearer(authorization));
}

export function readBearer(authorization: string | undefined): string {
  if (authorization === undefined || authorization === "")
    throw new AppError("AuthenticationFailed", { reason: "missing-token" });
  const [scheme, token, ...rest] = authorization.split(" ");
  if (
    scheme?.toLowerCase() !== "bearer" ||
    token === undefined ||
    rest.length > 0 ||
    token.length > MAX_TOKEN_CHARACTERS
  )
    throw new AppError("AuthenticationFailed", { reason: "malformed-token" });
  return token;
}

function callerOf(payload: JWTPayload, tenantId: string): Caller {
  const { oid, tid, roles } = payload;
  if (tid !== tenantId) throw new AppError("AuthenticationFailed", { reason: "wrong-issuer" });
  if (typeof oid !== "string" || !/^[\w-]{1,64}$/.test(oid))
    throw new AppError("AuthenticationFailed", { reason: "malformed-token" });
  const name = ["preferred_username", "upn", "unique_name", "appid", "azp"]
    .map((claim) => payload[claim])
    .find((value) => typeof value === "string" && /^[ -~]{1,128}$/.test(value));
  const applicationId = payload["appid"] ?? payload["azp"];
  return {
    isPerson: isOfPerson(payload),
    applicationId: typeof applicationId === "string" ? applicationId : undefined,
    objectId: oid,
    name: typeof name === "string" ? name : oid,
    roles: Array.isArray(roles)
      ? roles.filter((role): role is string => typeof role === "string")
      : [],
  };
}

/** Facets of the agents of Entra Agent ID: an agent itself, and an account that an agent uses. */
const AGENTS = /\b1[13]\b/;

/**
 * Only a delegated token has scopes (`scp`), and of an application's own one the subject is its
 * object id. `idtyp` is an optional claim of v2 tokens. A token that lacks these proves nobody, and
 * neither does one that an agent got for itself or for a person.
 */
function isOfPerson({ oid, sub, scp, idtyp = "user", ...claims }: JWTPayload): boolean {
  return (
    idtyp === "user" &&
    typeof scp === "string" &&
    scp.trim() !== "" &&
    sub !== undefined &&
    sub !== oid &&
    !AGENTS.test(JSON.stringify([claims["xms_sub_fct"], claims["xms_act_fct"]]))
  );
}

/**
 * Translates jose's errors to reasons. A failure that is not the token's fault is a failure to
 * fetch the tenant's keys.
 */
function translate(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const failed = (reason: string): AppError =>
    new AppError("AuthenticationFailed", { reason, cause: error });
  if (error instanceof errors.JWTExpired) return failed("expired-token");
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return failed("wrong-audience");
    if (error.claim === "iss" || error.claim === "tid") return failed("wrong-issuer");
    return failed(error.claim === "nbf" ? "expired-token" : "malformed-token");
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed
  )
    return failed("bad-signature");
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  )
    return failed("malformed-token");
  return new AppError("IdentityProviderUnreachable", { reason: "entra", cause: error });
}

/**
 * Caches verified tokens by their hash: clients send the same one for an hour, and RSA verification
 * is slow.
 */
function rememberCallers(
  verify: (token: string) => Promise<VerifiedToken>,
  { now, maxTokens = MAX_TOKENS }: TokenSettings,
): (token: string) => Promise<Caller> {
  const known = new LeastRecentlyUsed<
    string,
    { readonly caller: Caller; readonly untilMs: number }
  >(maxTokens);
  return async (token) => {
    const key = hash("sha256", token, "base64url");
    const found = known.get(key);
    if (found !== undefined && now() < found.untilMs) return found.caller;
    const { caller, expiresAtMs } = await verify(token);
    known.set(key, { caller, untilMs: Math.min(expiresAtMs, now() + KEPT_MS) });
    return caller;
  };
}
