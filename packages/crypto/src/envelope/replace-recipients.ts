import type { Envelope, EnvelopeRecipient } from "./envelope.ts";
import { assembleEnvelope } from "./parse-envelope.ts";

/**
 * Replaces the wrapped content keys; protected header, iv, ciphertext and tag stay byte for byte
 * (RFC 7516 §7.2.1: recipients are unprotected).
 *
 * @throws {CryptoError} `malformed` when a recipient is
 */
export function replaceRecipients(
  envelope: Envelope,
  recipients: readonly EnvelopeRecipient[],
): Envelope {
  return assembleEnvelope(envelope.sealed, recipients);
}
