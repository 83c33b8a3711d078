import { errors, jwtVerify } from "jose";
import { z } from "zod";

import type { IssuerKeys } from "../dependencies.ts";
import { issuerKeySet } from "./sign-token.ts";

/** The holder of a token of this Entra ID. */
export type Caller = {
  readonly objectId: string;
  readonly appId: string;
  readonly tenantId: string;
  /**
   * The user's sign-in name, or the application's id; Resource Manager writes it into `systemData`.
   */
  readonly name: string;
  readonly kind: "user" | "app";
};

export type TokenFault =
  | "malformed"
  | "bad-signature"
  | "expired"
  | "wrong-audience"
  | "wrong-issuer";

export type TokenVerdict =
  | { readonly kind: "valid"; readonly caller: Caller }
  | { readonly kind: TokenFault; readonly found?: string };

const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  oid: z.string(),
  appid: z.string(),
  tid: z.string(),
  idtyp: z.enum(["app", "user"]),
  upn: z.string().optional(),
});

/**
 * Checks a bearer token the way the services of Azure do: signature, lifetime, audience, issuer.
 * Key Vault has its own order and texts and does not use this.
 */
export async function verifyAccessToken(
  token: string,
  expected: { audiences: readonly string[]; issuerOf: (tenantId: string) => string },
  context: { issuerKeys: IssuerKeys; nowMs: number },
): Promise<TokenVerdict> {
  let payload: unknown;
  try {
    const verified = await jwtVerify(token, await issuerKeySet(context.issuerKeys), {
      typ: "JWT",
      algorithms: ["RS256"],
      currentDate: new Date(context.nowMs),
    });
    payload = verified.payload;
  } catch (error) {
    return { kind: faultOf(error) };
  }
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) return { kind: "malformed" };
  const claims = parsed.data;
  const audience = withoutSlash(claims.aud);
  if (!expected.audiences.some((accepted) => withoutSlash(accepted) === audience))
    return { kind: "wrong-audience", found: claims.aud };
  if (claims.iss !== expected.issuerOf(claims.tid))
    return { kind: "wrong-issuer", found: claims.iss };
  return {
    kind: "valid",
    caller: {
      objectId: claims.oid,
      appId: claims.appid,
      tenantId: claims.tid,
      name: claims.upn ?? claims.appid,
      kind: claims.idtyp,
    },
  };
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return "expired";
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey
  )
    return "bad-signature";
  return "malformed";
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "").toLowerCase();
}
