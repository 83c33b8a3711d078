import { createCipheriv, randomBytes } from "node:crypto";

import { encodeBase64url } from "../base64url.ts";
import { malformed } from "../crypto-error.ts";
import { CEK_BYTES, commitmentTo } from "./commitment.ts";
import { checkContext } from "./envelope-rules.ts";
import { CONTENT_ENCRYPTION, ENVELOPE_TYP } from "./envelope.ts";
import type { Envelope, EnvelopeContext, EnvelopeRecipient } from "./envelope.ts";
import { assembleEnvelope, IV_BYTES, UNLOCK_KEY_MAX_BYTES } from "./parse-envelope.ts";
import { SHARE_BYTES } from "./split-key.ts";

/**
 * Locks an unlock key. The CEK is wrapped by a vault, outside this library. AES-GCM by node:crypto:
 * jose opens the result (cross-tested), and the agent need not load jose.
 *
 * @param input.cek - 32 bytes, fresh for this envelope: it is used with one IV, once.
 * @param input.unlockKey - 1 to 512 bytes: in escrow custody the passkey; in split custody a share
 * of 32 bytes.
 * @throws {CryptoError} `malformed`
 */
export async function sealEnvelope(input: {
  unlockKey: Uint8Array;
  cek: Uint8Array;
  context: EnvelopeContext;
  recipients: readonly EnvelopeRecipient[];
}): Promise<Envelope> {
  const { unlockKey, cek } = input;
  const { env, ord, dev, cus } = input.context;
  checkContext(input.context);
  if (cek.byteLength !== CEK_BYTES) throw malformed("cek: expected 32 bytes");
  if (unlockKey.byteLength < 1 || unlockKey.byteLength > UNLOCK_KEY_MAX_BYTES)
    throw malformed(`unlock key: expected 1 to ${String(UNLOCK_KEY_MAX_BYTES)} bytes`);
  if (cus !== undefined && unlockKey.byteLength !== SHARE_BYTES)
    throw malformed(`share: expected ${String(SHARE_BYTES)} bytes`);
  const cmt = encodeBase64url(commitmentTo(cek, env));
  const header = {
    typ: ENVELOPE_TYP,
    enc: CONTENT_ENCRYPTION,
    env,
    ord,
    dev,
    ...(cus === undefined ? {} : { cus }),
    cmt,
  };
  const protectedHeader = encodeBase64url(Buffer.from(JSON.stringify(header)));
  const iv = randomBytes(IV_BYTES);
  // Not as a KeyObject, whose copy of the CEK would outlive this call.
  const cipher = createCipheriv("aes-256-gcm", cek, iv);
  cipher.setAAD(Buffer.from(protectedHeader, "ascii")); // RFC 7516 §5.1 step 14
  const ciphertext = Buffer.concat([cipher.update(unlockKey), cipher.final()]);
  return assembleEnvelope(
    {
      protected: protectedHeader,
      iv: encodeBase64url(iv),
      ciphertext: encodeBase64url(ciphertext),
      tag: encodeBase64url(cipher.getAuthTag()),
    },
    input.recipients,
  );
}
