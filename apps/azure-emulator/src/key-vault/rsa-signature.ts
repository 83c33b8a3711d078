import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

import { HASH_BYTES, type SignatureAlgorithm } from "../core/key-vault/algorithms.ts";

/*
 * Key Vault signs digests, node:crypto only data that it hashed itself: the encodings of RFC 8017
 * §9 are here, the RSA primitive is node:crypto's. node-forge's pss module needs a forge message
 * digest and does not serve.
 */
type RsaAlgorithm = Exclude<SignatureAlgorithm, { family: "ecdsa" }>;
type HashName = Extract<RsaAlgorithm, { family: "pss" }>["hash"];

/** DER of DigestInfo up to the digest (RFC 8017 §9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, Buffer>> = {
  sha256: Buffer.from("3031300d060960864801650304020105000420", "hex"),
  sha384: Buffer.from("3041300d060960864801650304020205000430", "hex"),
  sha512: Buffer.from("3051300d060960864801650304020305000440", "hex"),
};
const TRAILER = 0xbc;

/**
 * @param digest - Of the algorithm's length, or for RSNULL any length up to the modulus less 11
 * bytes.
 */
export function signRsa(
  key: KeyObject,
  algorithm: RsaAlgorithm,
  digest: Buffer,
  modulusBytes: number,
): Buffer {
  return algorithm.family === "pss"
    ? privateEncrypt(
        { key, padding: constants.RSA_NO_PADDING },
        encodePss(digest, algorithm.hash, modulusBytes),
      )
    : privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(algorithm, digest));
}

export function verifyRsa(
  publicKey: KeyObject,
  algorithm: RsaAlgorithm,
  digest: Buffer,
  signature: Buffer,
): boolean {
  try {
    if (algorithm.family === "pss") {
      const encoded = publicDecrypt(
        { key: publicKey, padding: constants.RSA_NO_PADDING },
        signature,
      );
      return isPssOf(encoded, digest, algorithm.hash);
    }
    const found = publicDecrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      signature,
    );
    return found.equals(digestInfo(algorithm, digest));
  } catch {
    return false;
  }
}

function digestInfo(algorithm: Exclude<RsaAlgorithm, { family: "pss" }>, digest: Buffer): Buffer {
  return algorithm.family === "pkcs1-raw"
    ? digest
    : Buffer.concat([DIGEST_INFO[algorithm.hash], digest]);
}

/**
 * EMSA-PSS-ENCODE (RFC 8017 §9.1.1); the salt is as long as the hash, and moduli are whole bytes,
 * so emLen = modulus length.
 */
function encodePss(digest: Buffer, hash: HashName, length: number): Buffer {
  const salt = randomBytes(HASH_BYTES[hash]);
  const h = pssHash(digest, salt, hash);
  const db = Buffer.alloc(length - h.length - 1);
  db[db.length - salt.length - 1] = 1;
  salt.copy(db, db.length - salt.length);
  return Buffer.concat([clearTopBit(xor(db, mask(h, db.length, hash))), h, Buffer.of(TRAILER)]);
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2). */
function isPssOf(encoded: Buffer, digest: Buffer, hash: HashName): boolean {
  const hashBytes = HASH_BYTES[hash];
  const maskedDb = encoded.subarray(0, encoded.length - hashBytes - 1);
  const h = encoded.subarray(maskedDb.length, -1);
  if (encoded.at(-1) !== TRAILER || ((encoded[0] ?? 0) & 0x80) !== 0) return false;
  const db = clearTopBit(xor(maskedDb, mask(h, maskedDb.length, hash)));
  const separator = db.length - hashBytes - 1;
  if (db[separator] !== 1 || db.subarray(0, separator).some((byte) => byte !== 0)) return false;
  return timingSafeEqual(h, pssHash(digest, db.subarray(separator + 1), hash));
}

function pssHash(digest: Buffer, salt: Buffer, hash: HashName): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** MGF1 (RFC 8017 §B.2.1). */
function mask(seed: Buffer, length: number, hash: HashName): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * HASH_BYTES[hash] < length; counter += 1) {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(index).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

function clearTopBit(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
