import { createHash, timingSafeEqual } from "node:crypto";

import { errors, jwtVerify } from "jose";
import { z } from "zod";

import { isSame } from "../core/model.ts";
import type { IssuerKeys } from "../dependencies.ts";
import { EntraError } from "./entra-error.ts";
import { issuerKeySet, newTokenId, signToken, type TokenType } from "./sign-token.ts";

const CODE_LIFETIME_SECONDS = 600;
const REFRESH_LIFETIME_SECONDS = 90 * 86_400;

/** The grant of a signed-in user to a client. */
export type Grant = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly userName: string;
  readonly scope: string;
};

/** The grant of a code, with the proof that its redeemer must give. */
export type CodeGrant = Grant & {
  readonly redirectUri: string;
  readonly nonce?: string | undefined;
  readonly codeChallenge?: string | undefined;
  readonly codeChallengeMethod?: "S256" | "plain" | undefined;
};

const grantSchema = z.object({
  jti: z.string(),
  exp: z.number(),
  tenantId: z.string(),
  clientId: z.string(),
  userName: z.string(),
  scope: z.string(),
});
const codeSchema = grantSchema.extend({
  redirectUri: z.string(),
  nonce: z.string().optional(),
  codeChallenge: z.string().optional(),
  codeChallengeMethod: z.enum(["S256", "plain"]).optional(),
});

/**
 * Issues and redeems authorization codes and refresh tokens. Both are JWTs signed by the issuer
 * key, so nothing is stored and a resumed emulator still honours its refresh tokens; only the codes
 * already redeemed are remembered, for their ten minutes.
 */
export function createGrants(issuerKeys: IssuerKeys, systemNow: () => number) {
  const redeemed = new Map<string, number>();

  const issue = (type: TokenType, grant: Grant, lifetimeSeconds: number) =>
    signToken(issuerKeys, type, {
      ...grant,
      jti: newTokenId(),
      exp: Math.floor(systemNow() / 1_000) + lifetimeSeconds,
    });

  const open = async (type: TokenType, token: string): Promise<unknown> => {
    try {
      const { payload } = await jwtVerify(token, await issuerKeySet(issuerKeys), {
        typ: type,
        algorithms: ["RS256"],
        currentDate: new Date(systemNow()),
      });
      return payload;
    } catch (error) {
      throw new EntraError(error instanceof errors.JWTExpired ? 70008 : 70000);
    }
  };

  return {
    issueCode: (grant: CodeGrant) => issue("code+jwt", grant, CODE_LIFETIME_SECONDS),
    issueRefreshToken: (grant: Grant) => issue("refresh+jwt", grant, REFRESH_LIFETIME_SECONDS),

    /**
     * @throws EntraError 70000 (unreadable, another client's or tenant's), 70008 (expired), 54005
     * (used), 501481 (PKCE).
     */
    async redeemCode(
      code: string,
      by: { tenantId: string; clientId: string; redirectUri: string; verifier: string | undefined },
    ): Promise<CodeGrant> {
      const { jti, exp, ...grant } = codeSchema.parse(await open("code+jwt", code));
      if (!isSameClient(grant, by) || grant.redirectUri !== by.redirectUri)
        throw new EntraError(70000);
      checkVerifier(grant, by.verifier);
      for (const [id, expiry] of redeemed) if (expiry * 1_000 < systemNow()) redeemed.delete(id);
      if (redeemed.has(jti)) throw new EntraError(54005);
      redeemed.set(jti, exp);
      return grant;
    },

    /** @throws EntraError 70000 or 70008. */
    async redeemRefreshToken(
      token: string,
      by: { tenantId: string; clientId: string },
    ): Promise<Grant> {
      const {
        jti: _jti,
        exp: _exp,
        ...grant
      } = grantSchema.parse(await open("refresh+jwt", token));
      if (!isSameClient(grant, by)) throw new EntraError(70000);
      return grant;
    },
  };
}

export type Grants = ReturnType<typeof createGrants>;

function isSameClient(grant: Grant, by: { tenantId: string; clientId: string }): boolean {
  return grant.tenantId === by.tenantId && isSame(grant.clientId, by.clientId);
}

/** RFC 7636 §4.6. A verifier without a challenge is refused too, since the code was swapped. */
function checkVerifier(grant: CodeGrant, verifier: string | undefined): void {
  if (grant.codeChallenge === undefined) {
    if (verifier !== undefined) throw new EntraError(501481);
    return;
  }
  const text = verifier ?? "";
  const derived =
    grant.codeChallengeMethod === "S256"
      ? createHash("sha256").update(text).digest("base64url")
      : text;
  const presented = Buffer.from(derived);
  const expected = Buffer.from(grant.codeChallenge);
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected))
    throw new EntraError(501481);
}
