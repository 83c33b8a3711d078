import { CryptoError, decodeBase64url, importSealingKey, zero } from "@databox-cmk/crypto";
import type { SealingKey, SuiteName } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

/** The one-time key of a request, read from a file of the state folder. */
export type StoredKey = { readonly privateKey: string; readonly publicKey: string };

/**
 * @throws {AppError} `GrantRejected` when the suite cannot use the key: nothing that was sealed to
 * it can be opened
 */
export async function importStoredKey(suite: SuiteName, stored: StoredKey): Promise<SealingKey> {
  try {
    return await importKey(suite, stored);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new AppError("GrantRejected", { detail: "the stored key is not valid", cause: error });
  }
}

async function importKey(suite: SuiteName, stored: StoredKey): Promise<SealingKey> {
  const publicKey = decodeBase64url(stored.publicKey, "publicKey");
  const privateKey = decodeBase64url(stored.privateKey, "privateKey");
  try {
    return await importSealingKey(suite, privateKey, publicKey);
  } finally {
    zero(privateKey);
  }
}
