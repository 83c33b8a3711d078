import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";

import type { AEADFactory, KDFFactory } from "hpke";

import { hmac, NO_SALT } from "../hmac.ts";
import { zero } from "../secret-bytes.ts";

/*
 * HKDF and AES-GCM of a suite by synchronous node:crypto, through the interfaces that `hpke` offers
 * for this. The key schedule stays the library's. Its own primitives go through WebCrypto, one
 * thread-pool job and one key import for each of a few HMACs of 32 bytes; that was half of a seal's
 * time.
 */

const HASH_BYTES = 32;
const TAG_BYTES = 16;

/** HKDF-SHA256 (RFC 5869). */
export const hkdfSha256: KDFFactory = () => ({
  id: 0x0001,
  type: "KDF",
  name: "HKDF-SHA256",
  stages: 2,
  Nh: HASH_BYTES,
  Extract: async (salt, ikm) => hmac(salt.byteLength === 0 ? NO_SALT : salt, [ikm]),
  async Expand(prk, info, length) {
    const output = new Uint8Array(length);
    let block: Uint8Array = new Uint8Array(0);
    for (let offset = 0, counter = 1; offset < length; offset += HASH_BYTES, counter++) {
      block = hmac(prk, [block, info, Uint8Array.of(counter)]);
      output.set(block.subarray(0, length - offset), offset);
    }
    return output;
  },
  Derive: async () => {
    throw new TypeError("HKDF has two stages");
  },
});

/** AES-256-GCM with the tag behind the ciphertext (RFC 5116 §5.2). */
export const aes256Gcm: AEADFactory = () => ({
  id: 0x0002,
  type: "AEAD",
  name: "AES-256-GCM",
  Nk: 32,
  Nn: 12,
  Nt: TAG_BYTES,
  async Seal(key, nonce, aad, plaintext) {
    const cipher = createCipheriv("aes-256-gcm", createSecretKey(key), nonce, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(aad);
    return new Uint8Array(
      Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]),
    );
  },
  async Open(key, nonce, aad, ciphertext) {
    const end = ciphertext.byteLength - TAG_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", createSecretKey(key), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(aad);
    decipher.setAuthTag(ciphertext.subarray(end));
    const plaintext = decipher.update(ciphertext.subarray(0, end)); // whole: GCM is a stream
    try {
      decipher.final();
    } catch (error) {
      zero(plaintext); // not authentic
      throw error;
    }
    return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
  },
});
