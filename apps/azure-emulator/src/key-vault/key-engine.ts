import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { promisify } from "node:util";

import type { EncryptionAlgorithm } from "../core/key-vault/algorithms.ts";
import { type KeyShapeWanted, symmetricSize } from "../core/key-vault/key-shape.ts";
import type {
  AkpAlgorithm,
  Curve,
  KeyMaterial,
  KeyType,
  KeyVersion,
  PublicJwk,
  SymmetricKeySize,
} from "../core/model.ts";

const generate = promisify(generateKeyPair);

/** OpenSSL's names of the curves. */
const NAMED_CURVES = {
  "P-256": "P-256",
  "P-256K": "secp256k1",
  "P-384": "P-384",
  "P-521": "P-521",
} as const satisfies Record<Curve, string>;
/** Node's names of the algorithms. */
const ML_DSA = {
  "ML-DSA-44": "ml-dsa-44",
  "ML-DSA-65": "ml-dsa-65",
  "ML-DSA-87": "ml-dsa-87",
} as const satisfies Record<AkpAlgorithm, string>;

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

type MadeKey = { readonly jwk: PublicJwk; readonly privateKeyPem: string };

export async function generateKey(shape: KeyShapeWanted): Promise<MadeKey> {
  if ("keySize" in shape) return toSymmetricKey(randomBytes(shape.keySize / 8), shape.keySize);
  const { privateKey, publicKey } = await generatePair(shape);
  return { jwk: toPublicJwk(publicKey, shape.kty), privateKeyPem: toPem(privateKey) };
}

function generatePair(
  shape: Exclude<KeyShapeWanted, { kty: "oct-HSM" }>,
): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  if ("curve" in shape) return generate("ec", { namedCurve: NAMED_CURVES[shape.curve] });
  if ("alg" in shape) return generate(ML_DSA[shape.alg]);
  return generate("rsa", {
    modulusLength: shape.modulusBits,
    publicExponent: shape.publicExponent,
  });
}

/** Node has ML-DSA since 24.6; the emulator also runs on older ones. */
export function hasMlDsa(): boolean {
  try {
    generateKeyPairSync("ml-dsa-44");
    return true;
  } catch {
    return false;
  }
}

/** A key like this one, for a rotation. */
export function shapeOfVersion({ jwk }: KeyVersion, material: KeyMaterial): KeyShapeWanted {
  if ("keySize" in jwk) return { kty: jwk.kty, keySize: jwk.keySize };
  if ("alg" in jwk) return { kty: jwk.kty, alg: jwk.alg };
  if ("crv" in jwk) return { kty: jwk.kty, curve: jwk.crv };
  const { modulusLength = 2048, publicExponent = 65_537n } =
    loadKey(material).publicKey.asymmetricKeyDetails ?? {};
  return { kty: jwk.kty, modulusBits: modulusLength, publicExponent: Number(publicExponent) };
}

/** @returns undefined when the bytes are not a key of a size that vaults have. */
export function importSymmetricKey(bytes: Buffer): MadeKey | undefined {
  const keySize = symmetricSize(bytes.length * 8);
  return keySize === undefined ? undefined : toSymmetricKey(bytes, keySize);
}

function toSymmetricKey(bytes: Buffer, keySize: SymmetricKeySize): MadeKey {
  return { jwk: { kty: "oct-HSM", keySize }, privateKeyPem: bytes.toString("base64url") };
}

/** OpenSSL works with parts of RSA that contradict each other (RFC 8017 §3.2). */
function fits({ kty, n, e, d, p, q, dp, dq, qi }: JsonWebKey): boolean {
  if (kty !== "RSA") return true;
  const [P, Q, D] = [toBigInt(p), toBigInt(q), toBigInt(d)];
  const product = toBigInt(e) * D;
  return (
    toBigInt(n) === P * Q &&
    product % (P - 1n) === 1n &&
    product % (Q - 1n) === 1n &&
    toBigInt(dp) === D % (P - 1n) &&
    toBigInt(dq) === D % (Q - 1n) &&
    (toBigInt(qi) * Q) % P === 1n
  );
}

const toBigInt = (part = ""): bigint =>
  BigInt(`0x${Buffer.from(part, "base64url").toString("hex")}`);

/**
 * @returns undefined when the parts are not a private key, do not fit each other, or are not of a
 *   size that vaults have.
 */
export function importKey(parts: JsonWebKey, kty: KeyType): MadeKey | undefined {
  try {
    const privateKey = createPrivateKey({ key: parts, format: "jwk" });
    const bits = privateKey.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && ![2048, 3072, 4096].includes(bits)) return undefined;
    const publicKey = createPublicKey({ key: parts, format: "jwk" });
    const text = Buffer.from("the parts fit each other");
    if (!verify("sha256", text, publicKey, sign("sha256", text, privateKey)) || !fits(parts))
      return undefined;
    return { jwk: toPublicJwk(publicKey, kty), privateKeyPem: toPem(privateKey) };
  } catch {
    return undefined;
  }
}

export function encrypt(
  material: KeyMaterial,
  algorithm: EncryptionAlgorithm,
  plaintext: Buffer,
): Buffer {
  return publicEncrypt({ key: loadKey(material).publicKey, ...paddingOf(algorithm) }, plaintext);
}

/** @returns undefined when it failed: wrong padding and a long input are not distinguished. */
export function decrypt(
  material: KeyMaterial,
  algorithm: EncryptionAlgorithm,
  ciphertext: Buffer,
): Buffer | undefined {
  try {
    return privateDecrypt(
      { key: loadKey(material).privateKey, ...paddingOf(algorithm) },
      ciphertext,
    );
  } catch {
    return undefined;
  }
}

const paddingOf = (algorithm: EncryptionAlgorithm) =>
  algorithm.padding === "oaep"
    ? { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: algorithm.hash }
    : { padding: constants.RSA_PKCS1_PADDING };

function toPem(privateKey: KeyObject): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function toPublicJwk(publicKey: KeyObject, kty: KeyType): PublicJwk {
  const { n, e, crv, x, y, alg, pub } = publicKey.export({ format: "jwk" });
  if ((kty === "RSA" || kty === "RSA-HSM") && n !== undefined && e !== undefined)
    return { kty, n, e: kty === "RSA-HSM" ? inFourBytes(e) : e };
  const curve = crv === "secp256k1" ? "P-256K" : crv;
  if ((kty === "EC" || kty === "EC-HSM") && isCurve(curve) && x !== undefined && y !== undefined)
    return { kty, crv: curve, x, y };
  if ((kty === "AKP" || kty === "AKP-HSM") && isAkpAlgorithm(alg) && typeof pub === "string")
    return { kty, alg, pub };
  throw new RangeError(`a key of type ${kty} was expected`);
}

/** The exponent as an HSM writes it (recordings of azure-sdk-for-java). */
const inFourBytes = (e: string): string =>
  Buffer.from(Buffer.from(e, "base64url").toString("hex").padStart(8, "0"), "hex").toString(
    "base64url",
  );

function isAkpAlgorithm(name: unknown): name is AkpAlgorithm {
  return typeof name === "string" && Object.hasOwn(ML_DSA, name);
}

function isCurve(name: string | undefined): name is Curve {
  return name !== undefined && Object.hasOwn(NAMED_CURVES, name);
}
