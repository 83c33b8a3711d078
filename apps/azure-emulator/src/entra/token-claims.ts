import { createHash } from "node:crypto";

import type { Cloud } from "@databox-cmk/errors";

import type { User } from "../core/model.ts";
import type { ServicePrincipal } from "./principals.ts";

export const DEFAULT_TOKEN_LIFETIME_SECONDS = 3_600;

/** Entra ID dates tokens back, so that a reader whose clock is behind accepts them. */
const BACKDATED_SECONDS = 300;

/**
 * The client's authentication (`appidacr`): 0 none, 1 by a secret, 2 by a certificate or assertion.
 */
export type ClientProof = "0" | "1" | "2";

export type TokenTimes = { readonly nowMs: number; readonly lifetimeSeconds: number };

type AccessTokenInput = {
  readonly cloud: Cloud;
  readonly audience: string;
  readonly times: TokenTimes;
  readonly tokenId: string;
};

type Claims = Readonly<Record<string, unknown>>;

/** Claims of an access token (version 1.0) for an application or managed identity. */
export function appAccessTokenClaims(
  input: AccessTokenInput & { principal: ServicePrincipal; proof: ClientProof },
): Claims {
  const { principal } = input;
  return {
    ...commonClaims(input, principal.tenantId),
    appid: principal.clientId,
    appidacr: input.proof,
    idp: stsIssuer(input.cloud, principal.tenantId),
    idtyp: "app",
    oid: principal.objectId,
    sub: principal.objectId,
    roles: principal.roles.length > 0 ? principal.roles : undefined,
    xms_mirid: principal.managedIdentityId,
  };
}

/** Claims of an access token (version 1.0) for a user who signed in to an application. */
export function userAccessTokenClaims(
  input: AccessTokenInput & { user: User; clientId: string; proof: ClientProof },
): Claims {
  const { user } = input;
  return {
    ...commonClaims(input, user.tenantId),
    appid: input.clientId,
    appidacr: input.proof,
    idtyp: "user",
    name: user.displayName,
    oid: user.objectId,
    roles: user.roles.length > 0 ? user.roles : undefined,
    scp: "user_impersonation",
    sub: pairwiseSubject(user.objectId, input.audience),
    unique_name: user.userName,
    upn: user.userName,
  };
}

/** The ids by which MSAL knows an account, when it asks for them (`client_info=1`). */
export function clientInfo({ objectId, tenantId }: User): string {
  return Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString("base64url");
}

/** Claims of an id_token. */
export function idTokenClaims(input: {
  user: User;
  clientId: string;
  version: "v1" | "v2";
  issuer: string;
  nonce: string | undefined;
  times: TokenTimes;
  tokenId: string;
}): Claims {
  const { user } = input;
  const nowSeconds = Math.floor(input.times.nowMs / 1_000);
  return {
    aud: input.clientId,
    iss: input.issuer,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + input.times.lifetimeSeconds,
    name: user.displayName,
    nonce: input.nonce,
    oid: user.objectId,
    ...(input.version === "v2"
      ? { preferred_username: user.userName }
      : { unique_name: user.userName, upn: user.userName }),
    roles: user.roles.length > 0 ? user.roles : undefined,
    sub: pairwiseSubject(user.objectId, input.clientId),
    tid: user.tenantId,
    uti: input.tokenId,
    ver: input.version === "v2" ? "2.0" : "1.0",
  };
}

/** The issuer of access tokens, with which Key Vault and Resource Manager compare. */
export function stsIssuer({ tokenIssuerUrl }: Cloud, tenantId: string): string {
  return `${tokenIssuerUrl}/${tenantId}/`;
}

function commonClaims(
  { cloud, audience, times, tokenId }: AccessTokenInput,
  tenantId: string,
): Claims {
  const nowSeconds = Math.floor(times.nowMs / 1_000);
  return {
    aud: audience,
    iss: stsIssuer(cloud, tenantId),
    iat: nowSeconds - BACKDATED_SECONDS,
    nbf: nowSeconds - BACKDATED_SECONDS,
    exp: nowSeconds + times.lifetimeSeconds,
    tid: tenantId,
    uti: tokenId,
    ver: "1.0",
  };
}

/** A user has another `sub` at each application (OpenID Connect Core §8.1). */
function pairwiseSubject(objectId: string, audience: string): string {
  return createHash("sha256").update(`${objectId}\n${audience}`).digest("base64url");
}
