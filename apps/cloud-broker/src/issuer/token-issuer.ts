import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { join } from "node:path";

import { calculateJwkThumbprint, exportJWK, type JWK, SignJWT } from "jose";

import type { OrderId } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { openSecretFile } from "../keys/secret-file.ts";

/** Entra takes RS256 only from the issuers of federated credentials. */
const ALGORITHM = "RS256";
const MODULUS_BITS = 2048;
const AUDIENCE = "api://AzureADTokenExchange";
const LIFETIME_SECONDS = 300;

/** The broker as OpenID Connect issuer: what Entra trusts instead of a secret for each order. */
export type TokenIssuer = {
  readonly issuer: string;
  readonly publicKey: JWK;
  /** The word of the broker that the bearer acts for this order; good for one token, five minutes. */
  signAssertion(order: OrderId): Promise<string>;
};

/** Opens the issuer's key in the data folder (made at the first start, owner only). */
export async function openTokenIssuer(
  dataDir: string,
  issuer: string,
  now: Clock,
): Promise<TokenIssuer> {
  const pem = await openSecretFile(join(dataDir, "token-issuer-key.pem"), makeKey);
  const privateKey = createPrivateKey(Buffer.from(pem));
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return {
    issuer,
    publicKey: { ...jwk, kid, alg: ALGORITHM, use: "sig" },
    signAssertion(order) {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
        .setIssuer(issuer)
        .setSubject(order)
        .setAudience(AUDIENCE)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME_SECONDS)
        .sign(privateKey);
    },
  };
}

function makeKey(): Uint8Array {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS });
  return Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" }));
}
