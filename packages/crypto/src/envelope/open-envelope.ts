import { createDecipheriv } from "node:crypto";

import { decodeBase64url } from "../base64url.ts";
import { decryptionFailed } from "../crypto-error.ts";
import { equalConstantTime, zero } from "../secret-bytes.ts";
import { CEK_BYTES, commitmentTo } from "./commitment.ts";
import type { Envelope, EnvelopeContext } from "./envelope.ts";

/** Whether the envelope was sealed with this CEK; says nothing about its context. */
export function matchesCommitment(envelope: Envelope, cek: Uint8Array): boolean {
  return (
    cek.byteLength === CEK_BYTES &&
    equalConstantTime(commitmentTo(cek, envelope.context.env), envelope.commitment)
  );
}

/**
 * The unlock key, or a share of it; the caller zeroes it. AES-GCM by node:crypto: same result as
 * jose (cross-tested), a twentieth of the time, and the agent need not load jose.
 *
 * @param expected - the caller's own facts about itself; never copied from the envelope.
 * @throws {CryptoError} `decryption-failed`, for every cause
 */
export async function openEnvelope(
  envelope: Envelope,
  cek: Uint8Array,
  expected: EnvelopeContext,
): Promise<Uint8Array> {
  const { env, ord, dev, cus } = envelope.context;
  const ours =
    env === expected.env && ord === expected.ord && dev === expected.dev && cus === expected.cus;
  if (!ours || !matchesCommitment(envelope, cek)) throw decryptionFailed();
  return decrypt(envelope, cek);
}

function decrypt({ sealed }: Envelope, cek: Uint8Array): Uint8Array {
  // Not as a KeyObject, whose copy of the CEK would outlive this call.
  const decipher = createDecipheriv("aes-256-gcm", cek, decodeBase64url(sealed.iv, "iv"), {
    authTagLength: 16,
  });
  decipher.setAAD(Buffer.from(sealed.protected, "ascii")); // RFC 7516 §5.1 step 14
  decipher.setAuthTag(decodeBase64url(sealed.tag, "tag"));
  const unlockKey = decipher.update(decodeBase64url(sealed.ciphertext, "ciphertext"));
  try {
    decipher.final();
  } catch {
    zero(unlockKey); // unauthenticated plaintext
    throw decryptionFailed();
  }
  return new Uint8Array(unlockKey.buffer, unlockKey.byteOffset, unlockKey.byteLength);
}
