import { randomBytes } from "node:crypto";

import {
  digestBytes,
  findEncryptionAlgorithm,
  findSignatureAlgorithm,
  plaintextBytesMaximum,
} from "../core/key-vault/algorithms.ts";
import {
  cipherPayload,
  randomPayload,
  secureUnwrapPayload,
  secureWrapPayload,
  verifyPayload,
} from "../core/key-vault/payloads.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { keyId } from "../core/key-vault/render-key.ts";
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
import { encrypt, loadKey } from "./key-engine.ts";
import type { RsaMode } from "./rsa-pool.ts";
import { encodeRsaSignature, verifyRsa } from "./rsa-signature.ts";

const unsupported = (algorithm: string, kty: string): Outcome =>
  refuse(
    REFUSALS.badParameter(`Algorithm '${algorithm}' is not supported by keys of type '${kty}'.`),
  );

/**
 * wrapKey and encrypt are the same mathematics with different permissions; so are their inverses.
 */
export const encryptOperation = withPayload(cipherPayload, (exchange, payload) => {
  const { version, material } = used(exchange);
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

export const decryptOperation = withPayload(cipherPayload, async (exchange, { alg, value }) => {
  const { version, material } = used(exchange);
  const algorithm = findEncryptionAlgorithm(alg, version.jwk);
  if (algorithm === undefined) return unsupported(alg, version.jwk.kty);
  const mode: RsaMode =
    algorithm.padding === "pkcs1" ? "decrypt-pkcs1" : `decrypt-oaep-${algorithm.hash}`;
  const plaintext = await exchange.rsa.run(material, mode, value);
  return plaintext === undefined ? refuse(REFUSALS.oaepPadding()) : result(exchange, plaintext);
});

export const signOperation = withPayload(cipherPayload, async (exchange, payload) => {
  const { version, material } = used(exchange);
  const algorithm = findSignatureAlgorithm(payload.alg, version.jwk);
  if (algorithm === undefined) return unsupported(payload.alg, version.jwk.kty);
  const digest = Buffer.from(payload.value, "base64url");
  const expected = digestBytes(algorithm);
  if (expected !== undefined && digest.length !== expected)
    return refuse(wrongDigest(payload.alg, expected, digest.length));
  if (algorithm.family === "pkcs1-raw" && digest.length > modulusBytes(material) - 11) {
    return refuse(wrongDigest(payload.alg, modulusBytes(material) - 11, digest.length));
  }
  if (algorithm.family === "ecdsa") {
    return result(
      exchange,
      (await signEc(loadKey(material).privateKey, algorithm.curve, digest)).toString("base64url"),
    );
  }
  const { mode, input } = encodeRsaSignature(algorithm, digest, modulusBytes(material));
  const signature = await exchange.rsa.run(material, mode, input.toString("base64url"));
  if (signature === undefined) throw new Error("RSA refused a well-formed signature input");
  return result(exchange, signature);
});

export const verifyOperation = withPayload(verifyPayload, async (exchange, payload) => {
  const { version, material } = used(exchange);
  const algorithm = findSignatureAlgorithm(payload.alg, version.jwk);
  if (algorithm === undefined) return unsupported(payload.alg, version.jwk.kty);
  const digest = Buffer.from(payload.digest, "base64url");
  const expected = digestBytes(algorithm);
  if (expected !== undefined && digest.length !== expected)
    return refuse(wrongDigest(payload.alg, expected, digest.length));
  const signature = Buffer.from(payload.value, "base64url");
  const { publicKey } = loadKey(material);
  const isValid =
    algorithm.family === "ecdsa"
      ? await verifyEc(publicKey, algorithm.curve, digest, signature)
      : verifyRsa(publicKey, algorithm, digest, signature);
  return done({ value: isValid });
});

export const randomBytesOperation = withPayload(randomPayload, (exchange, { count }) =>
  exchange.choose("random-bytes-on-vault") === "refuse"
    ? refuse(REFUSALS.badParameter("Random bytes are served by Managed HSM only."))
    : done({ value: randomBytes(count).toString("base64url") }),
);

/**
 * Release and attestation need an attested environment; the emulator has no attestation authority
 * to trust.
 */
export function refuseAttested(exchange: Exchange): Outcome {
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
function result(exchange: Exchange, value: string): Outcome {
  return done({
    kid: keyId(renderContext(exchange), liveKey(exchange), usedVersion(exchange)),
    value,
  });
}
