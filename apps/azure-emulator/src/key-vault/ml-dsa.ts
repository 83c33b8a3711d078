import { sign, verify } from "node:crypto";

import { type DSA, ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";

import { isAtLeast } from "../core/key-vault/api-version.ts";
import { REFUSALS, type Refusal } from "../core/key-vault/refusal.ts";
import type { AkpAlgorithm, KeyMaterial, PublicJwk } from "../core/model.ts";
import type { Exchange } from "./exchange.ts";
import { loadKey } from "./key-engine.ts";

/** FIPS 204 §5.2 */
const CONTEXT_BYTES_MAXIMUM = 255;
/** FIPS 204 §6.2: the message representative µ, which the caller computes from key and message. */
const MU_BYTES = 64;

type MlDsaJwk = Extract<PublicJwk, { alg: string }>;
type MlDsaInput = {
  readonly alg?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly external_mu?: string | null | undefined;
  readonly context?: string | null | undefined;
};

/**
 * An ML-DSA key signs the message itself, with an optional context (FIPS 204), or instead of both
 * the µ that the caller has computed from them.
 */
export function refuseMlDsa(
  { apiVersion }: Exchange,
  jwk: MlDsaJwk,
  { alg, message, external_mu: mu, context }: MlDsaInput,
): Refusal | undefined {
  const bad = REFUSALS.badParameter;
  if (!isAtLeast(apiVersion, "2026-05-01-preview"))
    return bad(`Keys of type '${jwk.kty}' sign in 2026-05-01-preview and later.`);
  if (mu && (message || context))
    return bad("Property 'external_mu' already contains the message and its context.");
  if (!mu && !message) return bad("Property 'value' is required.\r\n");
  if (mu && bytesOf(mu).length !== MU_BYTES)
    return bad(`Property 'external_mu' does not have ${MU_BYTES} bytes.`);
  if (alg && alg !== jwk.alg)
    return bad(`Algorithm '${alg}' is not supported by keys of type '${jwk.kty}'.`);
  if (bytesOf(context).length > CONTEXT_BYTES_MAXIMUM)
    return bad(`Property 'context' has more than ${CONTEXT_BYTES_MAXIMUM} bytes.`);
  return undefined;
}

export function signMlDsa(
  material: KeyMaterial,
  { alg }: MlDsaJwk,
  { message, external_mu: mu, context }: MlDsaInput,
): Buffer {
  const { privateKey } = loadKey(material);
  if (!mu) return sign(null, bytesOf(message), { key: privateKey, ...withContext(context) });
  const { priv: seed } = privateKey.export({ format: "jwk" });
  if (typeof seed !== "string") throw new Error("an ML-DSA key without its seed");
  const { secretKey } = MU_SCHEMES[alg].keygen(bytesOf(seed));
  return Buffer.from(MU_SCHEMES[alg].internal.sign(bytesOf(mu), secretKey, { externalMu: true }));
}

export function verifyMlDsa(
  material: KeyMaterial,
  { alg, pub }: MlDsaJwk,
  { message, external_mu: mu, context }: MlDsaInput,
  signature: Buffer,
): boolean {
  if (mu)
    return MU_SCHEMES[alg].internal.verify(signature, bytesOf(mu), bytesOf(pub), {
      externalMu: true,
    });
  const key = { key: loadKey(material).publicKey, ...withContext(context) };
  return verify(null, bytesOf(message), key, signature);
}

/** These sign µ alone: node:crypto takes messages only. */
const MU_SCHEMES = {
  "ML-DSA-44": ml_dsa44,
  "ML-DSA-65": ml_dsa65,
  "ML-DSA-87": ml_dsa87,
} as const satisfies Record<AkpAlgorithm, DSA>;

function withContext(context: string | null | undefined): { context?: Buffer } {
  return context ? { context: bytesOf(context) } : {};
}

const bytesOf = (text: string | null | undefined): Buffer => Buffer.from(text ?? "", "base64url");
