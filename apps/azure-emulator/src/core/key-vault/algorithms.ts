import type { Curve, PublicJwk, SymmetricKeySize } from "../model.ts";
import { type ApiVersion, isAtLeast } from "./api-version.ts";

type HashName = "sha1" | "sha256" | "sha384" | "sha512";

export type EncryptionAlgorithm =
  | { readonly padding: "oaep"; readonly hash: "sha1" | "sha256" }
  | { readonly padding: "pkcs1" };

/** The algorithms of RSA keys. */
const ENCRYPTION: Readonly<Record<string, EncryptionAlgorithm>> = {
  "RSA-OAEP-256": { padding: "oaep", hash: "sha256" },
  "RSA-OAEP": { padding: "oaep", hash: "sha1" },
  RSA1_5: { padding: "pkcs1" },
};

export type SignatureAlgorithm =
  | { readonly family: "pkcs1"; readonly hash: Exclude<HashName, "sha1"> }
  | { readonly family: "pkcs1-raw" }
  | { readonly family: "pss"; readonly hash: Exclude<HashName, "sha1"> }
  | { readonly family: "ecdsa"; readonly curve: Curve; readonly digestBytes: number };

const SIGNATURE: Readonly<Record<string, SignatureAlgorithm>> = {
  RS256: { family: "pkcs1", hash: "sha256" },
  RS384: { family: "pkcs1", hash: "sha384" },
  RS512: { family: "pkcs1", hash: "sha512" },
  RSNULL: { family: "pkcs1-raw" },
  PS256: { family: "pss", hash: "sha256" },
  PS384: { family: "pss", hash: "sha384" },
  PS512: { family: "pss", hash: "sha512" },
  ES256: { family: "ecdsa", curve: "P-256", digestBytes: 32 },
  ES256K: { family: "ecdsa", curve: "P-256K", digestBytes: 32 },
  ES384: { family: "ecdsa", curve: "P-384", digestBytes: 48 },
  ES512: { family: "ecdsa", curve: "P-521", digestBytes: 64 },
};

export type SymmetricMode = "gcm" | "cbc" | "cbc-pad" | "wrap" | "wrap-pad";
export type SymmetricAlgorithm = {
  readonly mode: SymmetricMode;
  readonly keySize: SymmetricKeySize;
};

/** `A256CBCPAD` without the size; the two of PKCS #11 fit each size. */
const MODES: Readonly<Record<string, SymmetricMode>> = {
  GCM: "gcm",
  CBC: "cbc",
  CBCPAD: "cbc-pad",
  KW: "wrap",
};
const PKCS11: Readonly<Record<string, SymmetricMode>> = {
  CKM_AES_KEY_WRAP: "wrap",
  CKM_AES_KEY_WRAP_PAD: "wrap-pad",
};
const PKCS11_AND_HMAC_SINCE = "7.6-preview.2";
const HMAC = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;

/** An algorithm of oct-HSM keys: key wrap for wrapKey, the others for encrypt. */
export function findSymmetricAlgorithm(
  name: string,
  key: {
    readonly keySize: SymmetricKeySize;
    readonly use: "wrap" | "encrypt";
    readonly apiVersion: ApiVersion;
  },
): SymmetricAlgorithm | undefined {
  const { keySize } = key;
  const suffix = name.startsWith(`A${keySize}`) ? name.slice(`A${keySize}`.length) : "";
  const ofPkcs11 =
    isAtLeast(key.apiVersion, PKCS11_AND_HMAC_SINCE) && Object.hasOwn(PKCS11, name)
      ? PKCS11[name]
      : undefined;
  const mode = ofPkcs11 ?? (Object.hasOwn(MODES, suffix) ? MODES[suffix] : undefined);
  const isWrap = mode === "wrap" || mode === "wrap-pad";
  return mode === undefined || isWrap !== (key.use === "wrap") ? undefined : { mode, keySize };
}

/** The hash of an HMAC, with which oct-HSM keys sign. */
export function findHmac(
  name: string,
  apiVersion: ApiVersion,
): (typeof HMAC)[keyof typeof HMAC] | undefined {
  if (!isAtLeast(apiVersion, PKCS11_AND_HMAC_SINCE)) return undefined;
  return name === "HS256" || name === "HS384" || name === "HS512" ? HMAC[name] : undefined;
}

export const HASH_BYTES = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
} as const satisfies Record<HashName, number>;

/** The algorithm, if keys of this type have it. */
export function findEncryptionAlgorithm(
  name: string,
  jwk: PublicJwk,
): EncryptionAlgorithm | undefined {
  return "n" in jwk && Object.hasOwn(ENCRYPTION, name) ? ENCRYPTION[name] : undefined;
}

export function findSignatureAlgorithm(
  name: string,
  jwk: PublicJwk,
): SignatureAlgorithm | undefined {
  const algorithm = Object.hasOwn(SIGNATURE, name) ? SIGNATURE[name] : undefined;
  if (algorithm === undefined) return undefined;
  if (algorithm.family === "ecdsa")
    return "crv" in jwk && jwk.crv === algorithm.curve ? algorithm : undefined;
  return "n" in jwk ? algorithm : undefined;
}

/** Bytes that a digest must have; undefined: any that fit. */
export function digestBytes(algorithm: SignatureAlgorithm): number | undefined {
  switch (algorithm.family) {
    case "pkcs1-raw":
      return undefined;
    case "ecdsa":
      return algorithm.digestBytes;
    case "pkcs1":
    case "pss":
      return HASH_BYTES[algorithm.hash];
  }
}

/** The largest input that fits into one block. */
export function plaintextBytesMaximum(
  algorithm: EncryptionAlgorithm,
  modulusBytes: number,
): number {
  return algorithm.padding === "pkcs1"
    ? modulusBytes - 11
    : modulusBytes - 2 * HASH_BYTES[algorithm.hash] - 2;
}
