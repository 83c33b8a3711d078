import type { Key } from "hpke";

import { decodeBase64url } from "../base64url.ts";
import { decryptionFailed, malformed } from "../crypto-error.ts";
import { cipherSuite, type SuiteName, SUITES } from "./suites.ts";

/** One HPKE message (RFC 9180 §6.1, base mode). */
export type Sealed = { readonly enc: Uint8Array; readonly ciphertext: Uint8Array };

export type SealingKey = {
  readonly publicKey: Uint8Array;
  /**
   * Opens one message and destroys the private key. A message that does not open leaves the key in
   * place, so that garbage cannot use it up.
   *
   * @throws {CryptoError} `decryption-failed`, for every cause
   */
  open(sealed: Sealed, info: Uint8Array): Promise<Uint8Array>;
  destroy(): void;
};

const UNLOCK_LABEL = new TextEncoder().encode("databox-cmk/unlock/v1");
const REKEY_LABEL = new TextEncoder().encode("databox-cmk/rekey/v1");
const MESSAGE_HASH_BYTES = 32;
/** CEKs are sealed, not files. */
const PLAINTEXT_MAX_BYTES = 512;
const TAG_BYTES = 16;

/**
 * Binds an answer to the one request that asked for it: label ‖ the 32 bytes of the request's hash.
 *
 * @param requestHash - by `messageHash`.
 * @throws {CryptoError} `malformed`
 */
export function unlockInfo(requestHash: string): Uint8Array {
  return bind(UNLOCK_LABEL, requestHash);
}

/**
 * As {@link unlockInfo}, for the two content keys of a rekeying: neither answer opens as the other.
 */
export function rekeyInfo(requestHash: string): Uint8Array {
  return bind(REKEY_LABEL, requestHash);
}

function bind(label: Uint8Array, requestHash: string): Uint8Array {
  const bytes = decodeBase64url(requestHash, "request hash");
  if (bytes.byteLength !== MESSAGE_HASH_BYTES) throw malformed("request hash: expected 32 bytes");
  return Buffer.concat([label, bytes]);
}

/** A key for one answer. The private half cannot be asked for (not extractable). */
export async function generateSealingKey(suite: SuiteName): Promise<SealingKey> {
  const { privateKey, publicKey } = await cipherSuite(suite).GenerateKeyPair(false);
  return sealingKey(suite, privateKey, await cipherSuite(suite).SerializePublicKey(publicKey));
}

/**
 * A key whose answer may come after this process has ended: a person carries it, or approvers take
 * their time.
 */
export type StorableSealingKey = SealingKey & {
  /**
   * For {@link importSealingKey}; the code that stores it is responsible for its file mode, and
   * zeroes it here.
   */
  exportPrivateKey(): Promise<Uint8Array>;
};

/** Like {@link generateSealingKey}, but the private half can be stored. */
export async function generateStorableSealingKey(suite: SuiteName): Promise<StorableSealingKey> {
  const { privateKey, publicKey } = await cipherSuite(suite).GenerateKeyPair(true);
  const bytes = await cipherSuite(suite).SerializePublicKey(publicKey);
  return {
    ...sealingKey(suite, privateKey, bytes),
    exportPrivateKey: () => cipherSuite(suite).SerializePrivateKey(privateKey),
  };
}

/** @throws {CryptoError} `malformed` when the private key does not belong to the suite */
export async function importSealingKey(
  suite: SuiteName,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): Promise<SealingKey> {
  let key: Key;
  try {
    key = await cipherSuite(suite).DeserializePrivateKey(privateKey, false);
  } catch {
    // without cause: it may quote the input
    throw malformed("private key: not a key of this suite");
  }
  return sealingKey(suite, key, publicKey);
}

/**
 * Single shot: each call makes its own encapsulation, so no nonce can be used twice, however many
 * calls run at once.
 *
 * @param info - binds the message to its purpose; the same bytes open it.
 * @throws {CryptoError} `malformed` when `publicKey` is not a key of the suite or the plaintext is
 * longer than 512 bytes
 */
export async function seal(
  suite: SuiteName,
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
): Promise<Sealed> {
  if (publicKey.byteLength !== SUITES[suite].publicKeyBytes)
    throw malformed(`public key: expected ${String(SUITES[suite].publicKeyBytes)} bytes`);
  if (plaintext.byteLength > PLAINTEXT_MAX_BYTES)
    throw malformed(`plaintext: more than ${String(PLAINTEXT_MAX_BYTES)} bytes`);
  try {
    const key = await cipherSuite(suite).DeserializePublicKey(publicKey);
    const { encapsulatedSecret, ciphertext } = await cipherSuite(suite).Seal(key, plaintext, {
      info,
    });
    return { enc: encapsulatedSecret, ciphertext };
  } catch {
    throw malformed("public key: not a key of this suite"); // a point of low order, for one
  }
}

function sealingKey(suite: SuiteName, initialKey: Key, publicKey: Uint8Array): SealingKey {
  let privateKey: Key | undefined = initialKey;
  let destroyed = false;
  return {
    publicKey,
    async open(sealed, info) {
      const key = privateKey;
      if (
        key === undefined ||
        sealed.enc.byteLength !== SUITES[suite].encBytes ||
        sealed.ciphertext.byteLength > PLAINTEXT_MAX_BYTES + TAG_BYTES
      )
        throw decryptionFailed();
      privateKey = undefined; // before the first await: two calls at once must not both open
      try {
        return await cipherSuite(suite).Open(key, sealed.enc, sealed.ciphertext, { info });
      } catch {
        if (!destroyed) privateKey = key;
        throw decryptionFailed();
      }
    },
    destroy() {
      destroyed = true;
      privateKey = undefined;
    },
  };
}
