import { sign, verify } from "node:crypto";

import { isAtLeast } from "../core/key-vault/api-version.ts";
import { REFUSALS, type Refusal } from "../core/key-vault/refusal.ts";
import type { KeyMaterial, PublicJwk } from "../core/model.ts";
import type { Exchange } from "./exchange.ts";
import { loadKey } from "./key-engine.ts";

/** FIPS 204 §5.2 */
const CONTEXT_BYTES_MAXIMUM = 255;

type MlDsaInput = {
  readonly alg?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly external_mu?: string | null | undefined;
  readonly context?: string | null | undefined;
};

/**
 * An ML-DSA key signs the message itself, with an optional context (FIPS 204). It does not serve
 * `external_mu`: node:crypto takes messages only.
 */
export function refuseMlDsa(
  { apiVersion }: Exchange,
  jwk: Extract<PublicJwk, { alg: string }>,
  { alg, message, external_mu: mu, context }: MlDsaInput,
): Refusal | undefined {
  const bad = REFUSALS.badParameter;
  if (!isAtLeast(apiVersion, "2026-05-01-preview"))
    return bad(`Keys of type '${jwk.kty}' sign in 2026-05-01-preview and later.`);
  if (mu) return bad("Property 'external_mu' is not supported by this vault.");
  if (!message) return bad("Property 'value' is required.\r\n");
  if (alg && alg !== jwk.alg)
    return bad(`Algorithm '${alg}' is not supported by keys of type '${jwk.kty}'.`);
  if (Buffer.from(context ?? "", "base64url").length > CONTEXT_BYTES_MAXIMUM)
    return bad(`Property 'context' has more than ${CONTEXT_BYTES_MAXIMUM} bytes.`);
  return undefined;
}

export function signMlDsa(
  material: KeyMaterial,
  message: Buffer,
  context: string | null | undefined,
): Buffer {
  return sign(null, message, { key: loadKey(material).privateKey, ...withContext(context) });
}

export function verifyMlDsa(
  material: KeyMaterial,
  message: Buffer,
  context: string | null | undefined,
  signature: Buffer,
): boolean {
  const key = { key: loadKey(material).publicKey, ...withContext(context) };
  return verify(null, message, key, signature);
}

function withContext(context: string | null | undefined): { context?: Buffer } {
  return context ? { context: Buffer.from(context, "base64url") } : {};
}
