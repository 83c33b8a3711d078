import { CryptoError, decodeBase64url, encodeBase64url, seal } from "@databox-cmk/crypto";
import type { UnlockQuestion } from "@databox-cmk/protocol";

import { malformed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";

/** As an answer has it: encapsulated key and ciphertext in base64url. */
export type SealedKey = { readonly enc: string; readonly ciphertext: string };

/** Seals secrets to the one-time key of a request. */
export async function sealTo(
  { suite, publicKey }: UnlockQuestion["hpke"],
  info: Uint8Array,
  secrets: Uint8Array,
): Promise<Outcome<SealedKey>> {
  try {
    const to = decodeBase64url(publicKey, "hpke.publicKey");
    const { enc, ciphertext } = await seal(suite, to, info, secrets);
    return {
      ok: true,
      value: { enc: encodeBase64url(enc), ciphertext: encodeBase64url(ciphertext) },
    };
  } catch (error) {
    // The key has the right size but is not a point of its group, which only sealing detects.
    if (error instanceof CryptoError) return malformed(`hpke: ${error.message}`);
    throw error;
  }
}
