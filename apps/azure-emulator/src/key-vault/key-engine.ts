import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  publicEncrypt,
} from "node:crypto";
import { promisify } from "node:util";

import type { EncryptionAlgorithm } from "../core/key-vault/algorithms.ts";
import type { Curve, KeyMaterial, KeyType, PublicJwk } from "../core/model.ts";

const generate = promisify(generateKeyPair);

/** OpenSSL's names of the curves. */
const NAMED_CURVES = {
  "P-256": "P-256",
  "P-256K": "secp256k1",
  "P-384": "P-384",
  "P-521": "P-521",
} as const satisfies Record<Curve, string>;
export type KeyShapeWanted =
  | {
      readonly kty: "RSA" | "RSA-HSM";
      readonly modulusBits: number;
      readonly publicExponent: number;
    }
  | { readonly kty: "EC" | "EC-HSM"; readonly curve: Curve };

type LoadedKey = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const loadedKeys = new WeakMap<KeyMaterial, LoadedKey>();

/** Keys are parsed once per record; a purged record takes its parsed key with it. */
export function loadKey(material: KeyMaterial): LoadedKey {
  const known = loadedKeys.get(material);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey(material.privateKeyPem);
  const loaded = { privateKey, publicKey: createPublicKey(privateKey) };
  loadedKeys.set(material, loaded);
  return loaded;
}

export async function generateKey(
  shape: KeyShapeWanted,
): Promise<{ jwk: PublicJwk; privateKeyPem: string }> {
  const { privateKey, publicKey } =
    "curve" in shape
      ? await generate("ec", { namedCurve: NAMED_CURVES[shape.curve] })
      : await generate("rsa", {
          modulusLength: shape.modulusBits,
          publicExponent: shape.publicExponent,
        });
  return { jwk: toPublicJwk(publicKey, shape.kty), privateKeyPem: toPem(privateKey) };
}

/** @returns undefined when the parts are not a private key, or not of a size that vaults have. */
export function importKey(
  parts: JsonWebKey,
  kty: KeyType,
): { jwk: PublicJwk; privateKeyPem: string } | undefined {
  try {
    const privateKey = createPrivateKey({ key: parts, format: "jwk" });
    const bits = privateKey.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && ![2048, 3072, 4096].includes(bits)) return undefined;
    return { jwk: toPublicJwk(createPublicKey(privateKey), kty), privateKeyPem: toPem(privateKey) };
  } catch {
    return undefined;
  }
}

export function encrypt(
  material: KeyMaterial,
  algorithm: EncryptionAlgorithm,
  plaintext: Buffer,
): Buffer {
  const key = loadKey(material).publicKey;
  return algorithm.padding === "oaep"
    ? publicEncrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: algorithm.hash },
        plaintext,
      )
    : publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, plaintext);
}

function toPem(privateKey: KeyObject): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function toPublicJwk(publicKey: KeyObject, kty: KeyType): PublicJwk {
  const { n, e, crv, x, y } = publicKey.export({ format: "jwk" });
  if ((kty === "RSA" || kty === "RSA-HSM") && n !== undefined && e !== undefined)
    return { kty, n, e };
  const curve = crv === "secp256k1" ? "P-256K" : crv;
  if ((kty === "EC" || kty === "EC-HSM") && isCurve(curve) && x !== undefined && y !== undefined)
    return { kty, crv: curve, x, y };
  throw new RangeError(`a key of type ${kty} was expected`);
}

function isCurve(name: string | undefined): name is Curve {
  return name !== undefined && Object.hasOwn(NAMED_CURVES, name);
}
