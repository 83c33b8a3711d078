import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from "jose";

export type TokenClaims = {
  readonly roles?: readonly string[];
  readonly oid?: string;
  readonly tid?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly appid?: string;
  readonly expSeconds?: number;
  readonly nbfSeconds?: number;
  /** A token that a program got for itself; otherwise a person has signed in. */
  readonly isApplication?: boolean;
  /** More claims, or other ones. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Without `exp`. */
  readonly endless?: true;
};

export type TokenIssuer = {
  readonly keys: JWTVerifyGetKey;
  token(claims?: TokenClaims): Promise<string>;
};

/**
 * Making an RSA key takes longer than most tests, and no test needs a second tenant's: all worlds
 * of a file share it.
 */
let pair: ReturnType<typeof generateKeyPair> | undefined;

/** The tenant's token service: RS256, claims of a v1 token unless told otherwise. */
export async function createTokenIssuer(
  tenantId: string,
  audience: () => string,
  now: () => number,
): Promise<TokenIssuer> {
  pair ??= generateKeyPair("RS256", { extractable: true });
  const { publicKey, privateKey } = await pair;
  const jwk = { ...(await exportJWK(publicKey)), kid: "entra-1", alg: "RS256", use: "sig" };
  return {
    keys: createLocalJWKSet({ keys: [jwk] }),
    token(claims = {}) {
      const nowSeconds = Math.floor(now() / 1000);
      const oid = claims.oid ?? "22222222-2222-4222-8222-222222222222";
      const token = new SignJWT({
        oid,
        ...(claims.isApplication === true
          ? { idtyp: "app", sub: oid }
          : { idtyp: "user", sub: `of ${oid}`, scp: "user_impersonation" }),
        tid: claims.tid ?? tenantId,
        appid: claims.appid ?? "33333333-3333-4333-8333-333333333333",
        roles: [...(claims.roles ?? [])],
        ...claims.more,
      })
        .setProtectedHeader({ alg: "RS256", kid: "entra-1", typ: "JWT" })
        .setIssuer(claims.iss ?? `https://sts.windows.net/${tenantId}/`)
        .setAudience(claims.aud ?? audience())
        .setNotBefore(nowSeconds + (claims.nbfSeconds ?? -5));
      if (claims.endless !== true)
        token.setExpirationTime(nowSeconds + (claims.expSeconds ?? 3600));
      return token.sign(privateKey);
    },
  };
}
