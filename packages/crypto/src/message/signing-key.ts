import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { malformed, unsupported } from "../crypto-error.ts";
import { fromDer } from "./ecdsa-signature.ts";
import { importVerifyKey, type PublicJwk } from "./verify-key.ts";

/**
 * The port for a holder of a P-256 key. A TPM or a vault answers with a promise, a key file at
 * once.
 */
export type SigningKey = {
  /** RFC 7638 thumbprint of `publicJwk`. */
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  /** ECDSA with SHA-256 over `data`; r ‖ s, 64 bytes (RFC 7518 §3.4), not DER. */
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
};

/** @returns `privatePem` is PKCS#8; the code that stores it is responsible for its file mode. */
export function generateSigningKey(): { key: SigningKey; privatePem: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { key: fromPrivateKey(privateKey), privatePem };
}

/**
 * @throws {CryptoError} `malformed` when the text is not an unencrypted private key, `unsupported`
 * when it is not on P-256
 */
export function importSigningKey(privatePem: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: privatePem, format: "pem" });
  } catch {
    // Without cause, which may quote the input.
    throw malformed("signing key: not a PEM private key");
  }
  return fromPrivateKey(privateKey);
}

function fromPrivateKey(privateKey: KeyObject): SigningKey {
  if (
    privateKey.asymmetricKeyType !== "ec" ||
    privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1"
  )
    throw unsupported("signing key: only EC keys on P-256");
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  const { kid, jwk } = importVerifyKey({ kty, crv, x, y });
  return {
    kid,
    publicJwk: jwk,
    sign: (data) => fromDer(sign("sha256", data, privateKey)),
  };
}
