import { randomUUID } from "node:crypto";

import { encodeBase64url } from "@databox-cmk/crypto";
import { type Cloud, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import type { JWK } from "jose";

import type { OrderId } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import type { IssuerKeys } from "./issuer-keys.ts";

const LIFETIME_SECONDS = 300;

/** The broker as OpenID Connect issuer, which Entra trusts instead of one secret per order. */
export type TokenIssuer = {
  readonly issuer: string;
  publicKeys(): Promise<readonly JWK[]>;
  /**
   * The broker's assertion that the bearer acts for this order; good for one token, for five
   * minutes.
   */
  signAssertion(order: OrderId): Promise<string>;
  /** The broker's assertion that the bearer is the portal's application. */
  signPortalAssertion(): Promise<string>;
};

/**
 * Subject of the federated credential of the portal's app registration. It cannot equal an order's
 * subject, since those are paths.
 */
const PORTAL_SUBJECT = "portal";

/**
 * Compact JWS by hand (RFC 7515 §7.1), since jose signs only with keys in memory and not with a
 * vault's. Tested against Entra's rules and jose's verifier.
 */
export function createTokenIssuer(
  keys: IssuerKeys,
  issuer: string,
  now: Clock,
  { tokenExchangeAudience }: Pick<Cloud, "tokenExchangeAudience"> = CLOUDS[PUBLIC_CLOUD],
): TokenIssuer {
  async function sign(subject: string): Promise<string> {
    const issuedAt = Math.floor(now() / 1000);
    const kid = await keys.signingKid();
    const signed = [
      { alg: "RS256", kid, typ: "JWT" },
      {
        iss: issuer,
        sub: subject,
        aud: tokenExchangeAudience,
        jti: randomUUID(),
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + LIFETIME_SECONDS,
      },
    ]
      .map((part) => encodeBase64url(Buffer.from(JSON.stringify(part))))
      .join(".");
    const signature = await keys.sign(kid, Buffer.from(signed, "ascii"));
    return `${signed}.${encodeBase64url(signature)}`;
  }
  return {
    issuer,
    publicKeys: () => keys.publicKeys(),
    signAssertion: (order) => sign(order),
    signPortalAssertion: () => sign(PORTAL_SUBJECT),
  };
}
