import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { malformed, unsupported } from "../crypto-error.ts";
import {
  isJsonObject,
  parseJsonObject,
  parseJsonObjectText,
  requireExactMembers,
} from "../strict-json.ts";
import type { JsonObject } from "../strict-json.ts";
import { COMMITMENT_BYTES } from "./commitment.ts";
import { checkContext, checkRecipients, MAX_RECIPIENTS } from "./envelope-rules.ts";
import { CONTENT_ENCRYPTION, ENVELOPE_TYP, KEY_ENCRYPTION, SHARES } from "./envelope.ts";
import type {
  Envelope,
  EnvelopeContext,
  EnvelopeRecipient,
  SealedPart,
  Share,
} from "./envelope.ts";

const ENVELOPE_MAX_BYTES = 8 * 1024;
export const UNLOCK_KEY_MAX_BYTES = 512;
export const IV_BYTES = 12;
/** All 16: GCM also takes shorter tags, which are guessed sooner (RFC 7518 §5.3). */
const TAG_BYTES = 16;

/**
 * Strict: every member is known and has one spelling. `zip`, `crit`, `aad`, shared unprotected
 * headers and other algorithms cannot be expressed.
 *
 * @param value - JSON text or the object it stands for; at most 8 KiB.
 * @throws {CryptoError} `unsupported` for another `typ`, `enc` or `alg`, else `malformed`
 */
export function parseEnvelope(value: unknown): Envelope {
  const json = readObject(value);
  requireExactMembers(json, ["protected", "recipients", "iv", "ciphertext", "tag"], "envelope");
  const sealed: SealedPart = {
    protected: requireText(json, "protected"),
    iv: requireText(json, "iv"),
    ciphertext: requireText(json, "ciphertext"),
    tag: requireText(json, "tag"),
  };
  if (decodeBase64url(sealed.iv, "iv").byteLength !== IV_BYTES)
    throw malformed("iv: expected 12 bytes");
  if (decodeBase64url(sealed.tag, "tag").byteLength !== TAG_BYTES)
    throw malformed("tag: expected 16 bytes");
  const ciphertextBytes = decodeBase64url(sealed.ciphertext, "ciphertext").byteLength;
  if (ciphertextBytes < 1 || ciphertextBytes > UNLOCK_KEY_MAX_BYTES)
    throw malformed(`ciphertext: expected 1 to ${String(UNLOCK_KEY_MAX_BYTES)} bytes`);
  const recipients = parseRecipients(json["recipients"]);
  // A text was measured before it was read.
  return typeof value === "string"
    ? envelopeOf(sealed, recipients)
    : assembleEnvelope(sealed, recipients);
}

/** @throws {CryptoError} as {@link parseEnvelope}; `sealed` may be untrusted but for its lengths */
export function assembleEnvelope(
  sealed: SealedPart,
  recipients: readonly EnvelopeRecipient[],
): Envelope {
  const envelope = envelopeOf(sealed, recipients);
  if (JSON.stringify(envelope).length > ENVELOPE_MAX_BYTES) throw tooLarge();
  return envelope;
}

function envelopeOf(sealed: SealedPart, recipients: readonly EnvelopeRecipient[]): Envelope {
  checkRecipients(recipients);
  const { context, commitment } = parseProtectedHeader(sealed.protected);
  const toJSON = () => ({
    ...sealed,
    recipients: recipients.map(({ kid, encryptedKey }) => ({
      header: { alg: KEY_ENCRYPTION, kid } as const,
      encrypted_key: encodeBase64url(encryptedKey),
    })),
  });
  return { context, recipients, commitment, sealed, toJSON };
}

function readObject(value: unknown): JsonObject {
  if (typeof value === "string") {
    if (value.length > ENVELOPE_MAX_BYTES) throw tooLarge();
    return parseJsonObjectText(value, "envelope");
  }
  if (!isJsonObject(value)) throw malformed("envelope: not a JSON object");
  return value;
}

function parseProtectedHeader(encoded: string): {
  context: EnvelopeContext;
  commitment: Uint8Array;
} {
  const header = parseJsonObject(decodeBase64url(encoded, "protected"), "protected");
  const isShare = Object.hasOwn(header, "cus");
  const members = ["typ", "enc", "env", "ord", "dev", "cmt", ...(isShare ? ["cus"] : [])];
  requireExactMembers(header, members, "protected");
  if (header["typ"] !== ENVELOPE_TYP) throw unsupported(`typ: only ${ENVELOPE_TYP}`);
  if (header["enc"] !== CONTENT_ENCRYPTION) throw unsupported(`enc: only ${CONTENT_ENCRYPTION}`);
  const context = {
    env: requireText(header, "env"),
    ord: requireText(header, "ord"),
    dev: requireText(header, "dev"),
    ...(isShare ? { cus: readShare(header) } : {}),
  };
  checkContext(context);
  const commitment = decodeBase64url(requireText(header, "cmt"), "cmt");
  if (commitment.byteLength !== COMMITMENT_BYTES) throw malformed("cmt: expected 32 bytes");
  return { context, commitment };
}

/** Escrow custody has one spelling: no such member. */
function readShare(header: JsonObject): Share {
  const share = SHARES.find((name) => name === header["cus"]);
  if (share === undefined) throw unsupported(`cus: only ${SHARES.join(" or ")}`);
  return share;
}

function parseRecipients(value: unknown): EnvelopeRecipient[] {
  if (!Array.isArray(value) || value.length > MAX_RECIPIENTS)
    throw malformed("recipients: expected a short list");
  return value.map((recipient: unknown) => {
    if (!isJsonObject(recipient)) throw malformed("recipient: not a JSON object");
    requireExactMembers(recipient, ["header", "encrypted_key"], "recipient");
    const header = recipient["header"];
    if (!isJsonObject(header)) throw malformed("recipient header: not a JSON object");
    requireExactMembers(header, ["alg", "kid"], "recipient header");
    if (header["alg"] !== KEY_ENCRYPTION) throw unsupported(`alg: only ${KEY_ENCRYPTION}`);
    return {
      kid: requireText(header, "kid"),
      encryptedKey: decodeBase64url(requireText(recipient, "encrypted_key"), "encrypted_key"),
    };
  });
}

function requireText(value: JsonObject, name: string): string {
  const text = value[name];
  if (typeof text !== "string") throw malformed(`${name}: expected text`);
  if (text.length > ENVELOPE_MAX_BYTES) throw tooLarge();
  return text;
}

const tooLarge = () => malformed(`envelope: more than ${String(ENVELOPE_MAX_BYTES)} bytes`);
