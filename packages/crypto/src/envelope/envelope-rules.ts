import { malformed } from "../crypto-error.ts";
import type { EnvelopeContext, EnvelopeRecipient } from "./envelope.ts";

const ENV = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ORD = /^\/[!-~]{1,511}$/;
const DEV = /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/;
const KEY_PATH = /^\/keys\/[0-9A-Za-z-]{1,127}\/[0-9A-Za-z]{1,64}$/;
const KID_MAX_CHARACTERS = 512;
/** RFC 9278: an offline recovery key has no address, only its RFC 7638 thumbprint. */
const THUMBPRINT_URI = /^urn:ietf:params:oauth:jwk-thumbprint:sha-256:[A-Za-z0-9_-]{43}$/;
export const MAX_RECIPIENTS = 4;
/**
 * Modulus sizes of RSA-2048, -3072 and -4096: an RSA ciphertext is as long as its modulus (RFC 8017
 * §7.1.1).
 */
const WRAPPED_KEY_BYTES: ReadonlySet<number> = new Set([256, 384, 512]);

/** @throws {CryptoError} `malformed` */
export function checkContext({ env, ord, dev }: EnvelopeContext): void {
  if (!ENV.test(env)) throw malformed("env: expected a UUID in lower case");
  if (!ORD.test(ord) || ord !== ord.toLowerCase())
    throw malformed("ord: expected a resource id in lower case");
  if (!DEV.test(dev)) throw malformed("dev: expected a serial number");
}

/** @throws {CryptoError} `malformed` */
export function checkRecipients(recipients: readonly EnvelopeRecipient[]): void {
  if (recipients.length < 1 || recipients.length > MAX_RECIPIENTS)
    throw malformed(`recipients: expected 1 to ${String(MAX_RECIPIENTS)}`);
  for (const { kid, encryptedKey } of recipients) {
    if (!isVersionedKeyUrl(kid) && !THUMBPRINT_URI.test(kid))
      throw malformed("kid: expected an https key URL with version, or the URI of a thumbprint");
    if (!WRAPPED_KEY_BYTES.has(encryptedKey.byteLength))
      throw malformed("encrypted_key: its length fits no RSA modulus");
  }
  if (new Set(recipients.map(({ kid }) => kid)).size !== recipients.length)
    throw malformed("recipients: the same kid twice");
}

/**
 * One spelling per URL: what `new URL` would rewrite (default port, dot segments, user info) is
 * refused.
 */
function isVersionedKeyUrl(kid: string): boolean {
  if (kid.length > KID_MAX_CHARACTERS) return false;
  const url = URL.parse(kid);
  return (
    url?.href === kid &&
    url.protocol === "https:" &&
    kid === url.origin + url.pathname &&
    KEY_PATH.test(url.pathname)
  );
}
