import { randomBytes, timingSafeEqual } from "node:crypto";

import {
  digestBytes,
  findEncryptionAlgorithm,
  findHmac,
  findSignatureAlgorithm,
  findSymmetricAlgorithm,
  plaintextBytesMaximum,
} from "../core/key-vault/algorithms.ts";
import {
  type CipherPayload,
  cipherPayload,
  randomPayload,
  secureUnwrapPayload,
  secureWrapPayload,
  signPayload,
  verifyPayload,
} from "../core/key-vault/payloads.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { keyId } from "../core/key-vault/render-key.ts";
import type { KeyMaterial, PublicJwk } from "../core/model.ts";
import { signEc, verifyEc } from "./ec-signature.ts";
import {
  done,
  type Exchange,
  liveKey,
  materialOf,
  type Outcome,
  refuse,
  renderContext,
  usedVersion,
  withPayload,
} from "./exchange.ts";
import { decrypt, encrypt, loadKey } from "./key-engine.ts";
import { refuseMlDsa, signMlDsa, verifyMlDsa } from "./ml-dsa.ts";
import { signRsa, verifyRsa } from "./rsa-signature.ts";
import { hmac, runSymmetric, secretOf } from "./symmetric-key.ts";

const unsupported = (algorithm: string, kty: string): Outcome =>
  refuse(
    REFUSALS.badParameter(`Algorithm '${algorithm}' is not supported by keys of type '${kty}'.`),
  );

/**
 * wrapKey and encrypt are the same mathematics with different permissions, for RSA; so are their
 * inverses.
 */
export const encryptOperation = withPayload(cipherPayload, (exchange, payload) => {
  const { version, material } = used(exchange);
  if (version.jwk.kty === "oct-HSM") return symmetric(exchange, version.jwk, material, payload);
  const algorithm = findEncryptionAlgorithm(payload.alg, version.jwk);
  if (algorithm === undefined) return unsupported(payload.alg, version.jwk.kty);
  const plaintext = Buffer.from(payload.value, "base64url");
  const maximum = plaintextBytesMaximum(algorithm, modulusBytes(material));
  if (plaintext.length > maximum) {
    return refuse(
      REFUSALS.badParameter(
        `The plaintext of ${plaintext.length} bytes exceeds the ${maximum} bytes that one block of this key and algorithm holds.`,
      ),
    );
  }
  return result(exchange, encrypt(material, algorithm, plaintext).toString("base64url"));
});

export const decryptOperation = withPayload(cipherPayload, (exchange, payload) => {
  const { version, material } = used(exchange);
  if (version.jwk.kty === "oct-HSM") return symmetric(exchange, version.jwk, material, payload);
  const algorithm = findEncryptionAlgorithm(payload.alg, version.jwk);
  if (algorithm === undefined) return unsupported(payload.alg, version.jwk.kty);
  const plaintext = decrypt(material, algorithm, bytesOf(payload.value));
  return plaintext === undefined
    ? refuse(REFUSALS.oaepPadding())
    : result(exchange, plaintext.toString("base64url"));
});

/** Key wrap by wrapKey and unwrapKey, the other modes of AES by encrypt and decrypt. */
function symmetric(
  exchange: Exchange,
  { kty, keySize }: Extract<PublicJwk, { kty: "oct-HSM" }>,
  material: KeyMaterial,
  payload: CipherPayload,
): Outcome {
  const { operation, apiVersion } = exchange;
  const use = operation === "wrapKey" || operation === "unwrapKey" ? "wrap" : "encrypt";
  const algorithm = findSymmetricAlgorithm(payload.alg, { keySize, use, apiVersion });
  if (algorithm === undefined) return unsupported(payload.alg, kty);
  const isForward = operation === "wrapKey" || operation === "encrypt";
  const computed = runSymmetric(
    isForward ? "forward" : "back",
    algorithm,
    secretOf(material),
    payload,
  );
  return computed.kind === "refused"
    ? refuse(REFUSALS.badParameter(computed.message))
    : result(exchange, computed.value, computed.more);
}

export const signOperation = withPayload(signPayload, async (exchange, payload) => {
  const { version, material } = used(exchange);
  const { alg, value } = payload;
  if ("alg" in version.jwk) {
    const input = { ...payload, message: value };
    const fault = refuseMlDsa(exchange, version.jwk, input);
    if (fault !== undefined) return refuse(fault);
    const signature = signMlDsa(material, version.jwk, input);
    return result(exchange, signature.toString("base64url"));
  }
  const missing = refuseMissing({ alg, value });
  if (missing !== undefined) return refuse(missing);
  const name = alg ?? "";
  const digest = bytesOf(value);
  if (version.jwk.kty === "oct-HSM") {
    const hash = findHmac(name, exchange.apiVersion);
    return hash === undefined
      ? unsupported(name, version.jwk.kty)
      : result(exchange, hmac(hash, secretOf(material), digest).toString("base64url"));
  }
  const algorithm = findSignatureAlgorithm(name, version.jwk);
  if (algorithm === undefined) return unsupported(name, version.jwk.kty);
  const expected = digestBytes(algorithm);
  if (expected !== undefined && digest.length !== expected)
    return refuse(wrongDigest(name, expected, digest.length));
  if (algorithm.family === "pkcs1-raw" && digest.length > modulusBytes(material) - 11) {
    return refuse(wrongDigest(name, modulusBytes(material) - 11, digest.length));
  }
  const { privateKey } = loadKey(material);
  const signature =
    algorithm.family === "ecdsa"
      ? await signEc(privateKey, algorithm.curve, digest)
      : signRsa(privateKey, algorithm, digest, modulusBytes(material));
  return result(exchange, signature.toString("base64url"));
});

export const verifyOperation = withPayload(verifyPayload, async (exchange, payload) => {
  const { version, material } = used(exchange);
  const { alg, digest: sent } = payload;
  const signature = bytesOf(payload.value);
  if ("alg" in version.jwk) {
    const input = { ...payload, message: sent };
    const fault = refuseMlDsa(exchange, version.jwk, input);
    if (fault !== undefined) return refuse(fault);
    return done({ value: verifyMlDsa(material, version.jwk, input, signature) });
  }
  const missing = refuseMissing({ alg, digest: sent });
  if (missing !== undefined) return refuse(missing);
  const name = alg ?? "";
  const digest = bytesOf(sent);
  if (version.jwk.kty === "oct-HSM") {
    const hash = findHmac(name, exchange.apiVersion);
    if (hash === undefined) return unsupported(name, version.jwk.kty);
    const expected = hmac(hash, secretOf(material), digest);
    return done({
      value: expected.length === signature.length && timingSafeEqual(expected, signature),
    });
  }
  const algorithm = findSignatureAlgorithm(name, version.jwk);
  if (algorithm === undefined) return unsupported(name, version.jwk.kty);
  const expected = digestBytes(algorithm);
  if (expected !== undefined && digest.length !== expected)
    return refuse(wrongDigest(name, expected, digest.length));
  const { publicKey } = loadKey(material);
  const isValid =
    algorithm.family === "ecdsa"
      ? await verifyEc(publicKey, algorithm.curve, digest, signature)
      : verifyRsa(publicKey, algorithm, digest, signature);
  return done({ value: isValid });
});

/** Members that only ML-DSA may leave out; the words are those of a body's schema. */
function refuseMissing(members: Readonly<Record<string, string | null | undefined>>) {
  const missing = Object.keys(members).filter((name) => !members[name]);
  return missing.length === 0
    ? undefined
    : REFUSALS.badParameter(missing.map((name) => `Property '${name}' is required.\r\n`).join(""));
}

export const randomBytesOperation = withPayload(randomPayload, (exchange, { count }) =>
  exchange.choose("random-bytes-on-vault") === "refuse"
    ? refuse(REFUSALS.badParameter("Random bytes are served by Managed HSM only."))
    : done({ value: randomBytes(count).toString("base64url") }),
);

/**
 * Release needs an attested environment; the emulator has no attestation authority to trust.
 */
export function refuseAttested(exchange: Pick<Exchange, "operation">): Outcome {
  return refuse(
    REFUSALS.badParameter(
      `Operation ${exchange.operation} needs an environment attested by Microsoft Azure Attestation, which this vault cannot reach.`,
    ),
  );
}

/** Secure wrap and unwrap are documented for Managed HSM only; a vault's words are not. */
const refuseOnVault = ({ operation }: Exchange): Outcome =>
  refuse(REFUSALS.badParameter(`Operation ${operation} is served by Managed HSM only.`));
export const secureWrapOperation = withPayload(secureWrapPayload, refuseOnVault);
export const secureUnwrapOperation = withPayload(secureUnwrapPayload, refuseOnVault);

function used(exchange: Exchange) {
  const version = usedVersion(exchange);
  return { version, material: materialOf(exchange.state, liveKey(exchange), version) };
}

function modulusBytes(material: ReturnType<typeof materialOf>): number {
  return (loadKey(material).publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}

function wrongDigest(algorithm: string, expected: number, found: number) {
  return REFUSALS.badParameter(
    `Property 'value' has ${found} bytes; ${algorithm} takes ${expected}.`,
  );
}

/** The kid names the version that was used, also when the request named none. */
function result(exchange: Exchange, value: string, more: object = {}): Outcome {
  return done({
    kid: keyId(renderContext(exchange), liveKey(exchange), usedVersion(exchange)),
    value,
    ...more,
  });
}

const bytesOf = (text: string | null | undefined): Buffer => Buffer.from(text ?? "", "base64url");
