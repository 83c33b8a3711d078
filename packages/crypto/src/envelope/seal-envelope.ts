import { FlattenedEncrypt } from "jose";

import { encodeBase64url } from "../base64url.ts";
import { malformed } from "../crypto-error.ts";
import { CEK_BYTES, commitmentTo } from "./commitment.ts";
import { checkContext } from "./envelope-rules.ts";
import { CONTENT_ENCRYPTION, ENVELOPE_TYP } from "./envelope.ts";
import type { Envelope, EnvelopeContext, EnvelopeRecipient } from "./envelope.ts";
import { assembleEnvelope, UNLOCK_KEY_MAX_BYTES } from "./parse-envelope.ts";

/**
 * Locks an unlock key. The CEK is wrapped by a vault, outside this library; jose therefore does the
 * content encryption only (`dir`: the CEK is the key; RFC 7518 §4.5), and the recipients are put
 * beside its result.
 *
 * @param input.cek - 32 bytes, fresh for this envelope: it is used with one IV, once.
 * @param input.unlockKey - 1 to 512 bytes. In escrow custody the passkey; in split custody it could
 * be the broker's share.
 * @throws {CryptoError} `malformed`
 */
export async function sealEnvelope(input: {
  unlockKey: Uint8Array;
  cek: Uint8Array;
  context: EnvelopeContext;
  recipients: readonly EnvelopeRecipient[];
}): Promise<Envelope> {
  const { unlockKey, cek } = input;
  const { env, ord, dev } = input.context;
  checkContext(input.context);
  if (cek.byteLength !== CEK_BYTES) throw malformed("cek: expected 32 bytes");
  if (unlockKey.byteLength < 1 || unlockKey.byteLength > UNLOCK_KEY_MAX_BYTES)
    throw malformed(`unlock key: expected 1 to ${String(UNLOCK_KEY_MAX_BYTES)} bytes`);
  const cmt = encodeBase64url(commitmentTo(cek, env));
  const jwe = await new FlattenedEncrypt(unlockKey)
    .setProtectedHeader({ typ: ENVELOPE_TYP, enc: CONTENT_ENCRYPTION, env, ord, dev, cmt })
    .setUnprotectedHeader({ alg: "dir" })
    .encrypt(cek);
  if (jwe.protected === undefined || jwe.iv === undefined || jwe.tag === undefined)
    throw new TypeError("jose left out a part of the envelope");
  return assembleEnvelope(
    { protected: jwe.protected, iv: jwe.iv, ciphertext: jwe.ciphertext, tag: jwe.tag },
    input.recipients,
  );
}
