import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { z } from "zod";

import { isSame, type FederatedCredential } from "../core/model.ts";
import { EntraError, entraTimestamp } from "./entra-error.ts";
import type { ServicePrincipal } from "./principals.ts";

/** Tolerance between the clocks of this cloud and of the issuer. */
const CLOCK_SKEW_SECONDS = 300;

const claimsSchema = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
});
type AssertionClaims = z.infer<typeof claimsSchema>;

const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(64) });

/**
 * Accepts a client assertion under a principal's federated credentials (workload identity
 * federation), or refuses it. The claims are matched first: an issuer that no credential names is
 * never called.
 *
 * @throws EntraError 50027, 70025, 700211–700213, 700024, 501661, 7000272 or 700027.
 */
export async function verifyFederatedAssertion(
  assertion: string,
  principal: ServicePrincipal,
  context: { fetchIssuerJson: (url: string) => Promise<unknown>; nowMs: number },
): Promise<void> {
  const claims = readAssertion(assertion);
  refuseCertificate(assertion, claims, principal);
  matchFederatedCredential(claims, principal);
  checkTimes(claims, context.nowMs);
  await verifySignature(assertion, claims.iss, context);
}

function readAssertion(assertion: string): AssertionClaims {
  try {
    decodeProtectedHeader(assertion);
    return claimsSchema.parse(decodeJwt(assertion));
  } catch {
    throw new EntraError(50027);
  }
}

/** A client that signs for itself has a certificate, and none is registered here. */
function refuseCertificate(
  assertion: string,
  { iss, sub }: Pick<AssertionClaims, "iss" | "sub">,
  { clientId }: ServicePrincipal,
): void {
  if (iss !== sub || !isSame(iss, clientId)) return;
  const { x5t, "x5t#S256": x5tS256 } = decodeProtectedHeader(assertion);
  const named = [x5t, x5tS256].find((each) => typeof each === "string") ?? "";
  const thumbprint = Buffer.from(named, "base64url").toString("hex").toUpperCase();
  throw new EntraError(700027, {
    reason: `The key was not found., Thumbprint of key used by client: '${thumbprint}'`,
  });
}

/**
 * Issuer, subject and audience are compared exactly, with case; the refusal names the first that
 * none of the credentials has.
 */
export function matchFederatedCredential(
  claims: Pick<AssertionClaims, "iss" | "sub" | "aud">,
  principal: ServicePrincipal,
): FederatedCredential {
  const audiences = typeof claims.aud === "string" ? [claims.aud] : claims.aud;
  const values = {
    issuer: claims.iss,
    subject: claims.sub,
    audience: audiences.join(", "),
    appId: principal.clientId,
    appName: principal.displayName,
  };
  if (principal.federatedCredentials.length === 0) throw new EntraError(70025, values);
  const ofIssuer = principal.federatedCredentials.filter((c) => c.issuer === claims.iss);
  if (ofIssuer.length === 0) throw new EntraError(700211, values);
  const ofSubject = ofIssuer.filter((c) => c.subject === claims.sub);
  if (ofSubject.length === 0) throw new EntraError(700213, values);
  const match = ofSubject.find((c) => audiences.some((audience) => c.audiences.includes(audience)));
  if (match === undefined) throw new EntraError(700212, values);
  return match;
}

function checkTimes(claims: AssertionClaims, nowMs: number): void {
  const nowSeconds = nowMs / 1_000;
  const validFrom = claims.nbf ?? claims.iat ?? nowSeconds;
  const isCurrent =
    validFrom - CLOCK_SKEW_SECONDS <= nowSeconds && nowSeconds < claims.exp + CLOCK_SKEW_SECONDS;
  if (isCurrent) return;
  throw new EntraError(700024, {
    now: secondsToText(nowSeconds),
    validFrom: secondsToText(validFrom),
    expiry: secondsToText(claims.exp),
  });
}

function secondsToText(seconds: number): string {
  const ms = seconds * 1_000;
  return Math.abs(ms) <= 8.64e15 ? entraTimestamp(ms) : String(seconds);
}

async function verifySignature(
  assertion: string,
  issuer: string,
  context: { fetchIssuerJson: (url: string) => Promise<unknown>; nowMs: number },
): Promise<void> {
  const keySet = createLocalJWKSet(await fetchIssuerKeys(issuer, context.fetchIssuerJson));
  try {
    await jwtVerify(assertion, keySet, {
      algorithms: ["RS256", "ES256"],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(context.nowMs),
    });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      const keyId = decodeProtectedHeader(assertion).kid ?? "(none)";
      throw new EntraError(7000272, { keyId, issuer });
    }
    throw new EntraError(700027, {
      reason:
        error instanceof errors.JOSEAlgNotAllowed
          ? "The signature algorithm is not allowed; use RS256 or ES256."
          : "The provided signature value did not match the expected signature value.",
    });
  }
}

/**
 * The issuer's keys as of now. Entra ID caches them for up to a day; fetching each time keeps a
 * rotated key of a local issuer from being refused, and costs one loopback round trip.
 */
async function fetchIssuerKeys(
  issuer: string,
  fetchIssuerJson: (url: string) => Promise<unknown>,
): Promise<z.infer<typeof keySetSchema>> {
  try {
    const metadata = metadataSchema.parse(
      await fetchIssuerJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
    );
    if (metadata.issuer !== issuer) throw new Error("the metadata names another issuer");
    return keySetSchema.parse(await fetchIssuerJson(metadata.jwks_uri));
  } catch {
    throw new EntraError(501661);
  }
}
