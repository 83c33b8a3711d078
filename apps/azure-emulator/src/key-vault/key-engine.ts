import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  publicEncrypt,
  privateDecrypt,
  webcrypto,
} from "node:crypto";
import { availableParallelism } from "node:os";
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
/** One imported RSA key serialises its operations (a lock in OpenSSL's blinding); copies do not. */
const COPIES = Math.min(Math.max(availableParallelism(), 2), 8);

export type KeyShapeWanted =
  | {
      readonly kty: "RSA" | "RSA-HSM";
      readonly modulusBits: number;
      readonly publicExponent: number;
    }
  | { readonly kty: "EC" | "EC-HSM"; readonly curve: Curve };

type OaepHash = Extract<EncryptionAlgorithm, { padding: "oaep" }>["hash"];
type LoadedKey = {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly copies: Map<OaepHash, Promise<CryptoKeyRing>>;
};
type CryptoKeyRing = { readonly keys: readonly webcrypto.CryptoKey[]; turn: number };

const loadedKeys = new WeakMap<KeyMaterial, LoadedKey>();

/** Keys are parsed once per record; a purged record takes its parsed key with it. */
export function loadKey(material: KeyMaterial): LoadedKey {
  const known = loadedKeys.get(material);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey(material.privateKeyPem);
  const loaded = {
    privateKey,
    publicKey: createPublicKey(privateKey),
    copies: new Map<OaepHash, Promise<CryptoKeyRing>>(),
  };
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

/** @returns undefined when the parts are no private key, or not of a size that vaults have. */
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

/**
 * OAEP runs in the thread pool, so that the event loop goes on and all cores serve one key.
 *
 * @returns undefined when the ciphertext is not of this key: padding and length are not told apart.
 */
export async function decrypt(
  material: KeyMaterial,
  algorithm: EncryptionAlgorithm,
  ciphertext: Buffer,
): Promise<Buffer | undefined> {
  const loaded = loadKey(material);
  try {
    if (algorithm.padding === "pkcs1")
      return privateDecrypt(
        { key: loaded.privateKey, padding: constants.RSA_PKCS1_PADDING },
        ciphertext,
      );
    const ring = await ringOf(loaded, algorithm.hash);
    ring.turn = (ring.turn + 1) % ring.keys.length;
    const key = ring.keys[ring.turn];
    if (key === undefined) return undefined;
    return Buffer.from(await webcrypto.subtle.decrypt({ name: "RSA-OAEP" }, key, ciphertext));
  } catch {
    return undefined;
  }
}

function ringOf(loaded: LoadedKey, hash: OaepHash): Promise<CryptoKeyRing> {
  const known = loaded.copies.get(hash);
  if (known !== undefined) return known;
  const made = importCopies(loaded.privateKey, hash);
  loaded.copies.set(hash, made);
  return made;
}

async function importCopies(privateKey: KeyObject, hash: OaepHash): Promise<CryptoKeyRing> {
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  const algorithm = { name: "RSA-OAEP", hash: hash === "sha256" ? "SHA-256" : "SHA-1" };
  try {
    const imports = Array.from({ length: COPIES }, () =>
      webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["decrypt"]),
    );
    return { keys: await Promise.all(imports), turn: 0 };
  } finally {
    der.fill(0);
  }
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
