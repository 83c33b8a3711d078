import { AppError } from "@databox-cmk/errors";
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";

import type { Clock } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";
import { rememberCallers } from "./remember-callers.ts";

export type TokenSettings = {
  /** Entra's authority without a tenant, such as https://login.microsoftonline.com */
  readonly authorityUrl: string;
  readonly tenantId: string;
  readonly audiences: readonly string[];
  readonly now: Clock;
};

/**
 * Bearer header → caller. @throws {AppError} `AuthenticationFailed`, or
 * `IdentityProviderUnreachable` without the tenant's keys
 */
export type VerifyToken = (authorization: string | undefined) => Promise<Caller>;

const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_TOKEN_CHARACTERS = 16 * 1024;
const KEYS_MAX_AGE_MS = 3_600_000;
/** After a fetch, an unknown kid waits so long before it causes another. */
const KEYS_COOL_DOWN_MS = 30_000;
const KEYS_TIMEOUT_MS = 5_000;

/**
 * The tenant's signing keys, cached; `fetch` is the broker's own, so that name resolution and trust
 * are configured once.
 */
export function createTenantKeys(
  { authorityUrl, tenantId }: Pick<TokenSettings, "authorityUrl" | "tenantId">,
  fetch: FetchImplementation,
): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(`${authorityUrl}/${tenantId}/discovery/v2.0/keys`), {
    [customFetch]: fetch,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: KEYS_COOL_DOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
}

/** Names of Resource Manager as its clients put them into tokens: with a final slash or without. */
export const armAudiences = (origins: readonly string[]): readonly string[] =>
  origins.flatMap((origin) => [origin, `${origin}/`]);

/** Access tokens of Entra (v1 and v2) for one of the audiences. */
export function createVerifyToken(settings: TokenSettings, keys: JWTVerifyGetKey): VerifyToken {
  const { authorityUrl, tenantId, audiences, now } = settings;
  const options = {
    algorithms: ["RS256"],
    issuer: [
      `https://sts.windows.net/${tenantId}/`,
      `${authorityUrl}/${tenantId}/v2.0`,
      `https://login.microsoftonline.com/${tenantId}/v2.0`,
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
  }, now);
  return async (authorization) => verify(readBearer(authorization));
}

function readBearer(authorization: string | undefined): string {
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
    ...(typeof applicationId === "string" ? { applicationId } : {}),
    objectId: oid,
    name: typeof name === "string" ? name : oid,
    roles: Array.isArray(roles)
      ? roles.filter((role): role is string => typeof role === "string")
      : [],
  };
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
