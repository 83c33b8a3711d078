import { constants, createPublicKey, hash, type KeyObject, publicEncrypt } from "node:crypto";

import { malformed, unsupported } from "../crypto-error.ts";
import { isJsonObject } from "../strict-json.ts";

/**
 * Public half of a customer's offline key: content keys are wrapped to it, and only its owner
 * unwraps them.
 */
export type RecoveryKey = {
  /** Thumbprint URI (RFC 9278) over the RFC 7638 thumbprint. */
  readonly kid: string;
  /** The canonical form, of which the thumbprint is computed. */
  readonly jwk: { readonly e: string; readonly kty: "RSA"; readonly n: string };
  /**
   * RSA-OAEP-256, here and not in a vault: an offline key cannot be revoked, so there is no refusal
   * to miss.
   */
  wrap(contentKey: Uint8Array): Uint8Array;
};

/** An envelope's wrapped keys have the length of such a modulus. */
const MODULUS_BITS: ReadonlySet<number> = new Set([2048, 3072, 4096]);
const PUBLIC_EXPONENT = 65_537n;
const PUBLIC_PEM =
  /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,2048}-----END PUBLIC KEY-----\s*$/;
const BASE64URL = /^[A-Za-z0-9_-]{1,1024}$/;
/** Members that only a private RSA key has (RFC 7518 §6.3.2). */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth"] as const;

/**
 * @param value - a JWK (RFC 7517), or the PEM of a SubjectPublicKeyInfo (`BEGIN PUBLIC KEY`)
 * @throws {CryptoError} `unsupported` for a private key, another type, size or exponent;
 * `malformed` otherwise
 */
export function importRecoveryKey(value: unknown): RecoveryKey {
  const key = typeof value === "string" ? fromPem(value) : fromJwk(value);
  if (key.asymmetricKeyType !== "rsa") throw unsupported("publicKey: expected an RSA key");
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength === undefined || !MODULUS_BITS.has(modulusLength))
    throw unsupported("publicKey: expected 2048, 3072 or 4096 bits");
  if (publicExponent !== PUBLIC_EXPONENT)
    throw unsupported("publicKey: expected the exponent 65537");
  const { e = "", n = "" } = key.export({ format: "jwk" });
  const jwk = { e, kty: "RSA", n } as const;
  return {
    kid: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${hash("sha256", JSON.stringify(jwk), "base64url")}`,
    jwk,
    wrap: (contentKey) =>
      new Uint8Array(
        publicEncrypt(
          { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
          contentKey,
        ),
      ),
  };
}

function fromPem(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) throw unsupported(PRIVATE_KEY);
  if (!PUBLIC_PEM.test(pem)) throw malformed("publicKey: expected a PEM of type PUBLIC KEY");
  try {
    return createPublicKey(pem);
  } catch {
    throw malformed("publicKey: the PEM holds no public key");
  }
}

function fromJwk(value: unknown): KeyObject {
  if (!isJsonObject(value)) throw malformed("publicKey: expected a JWK or a PEM");
  if (PRIVATE_MEMBERS.some((member) => value[member] !== undefined)) throw unsupported(PRIVATE_KEY);
  const { kty, n, e } = value;
  if (kty !== "RSA") throw unsupported("publicKey: expected an RSA key");
  if (typeof n !== "string" || typeof e !== "string" || !BASE64URL.test(n) || !BASE64URL.test(e))
    throw malformed("publicKey: expected the members n and e in base64url");
  try {
    return createPublicKey({ key: { kty, n, e }, format: "jwk" });
  } catch {
    throw malformed("publicKey: n and e do not form a public key");
  }
}

const PRIVATE_KEY = "publicKey: a private key; send the public half only, and replace this key";
