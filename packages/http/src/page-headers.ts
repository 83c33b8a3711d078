import { randomBytes } from "node:crypto";

const NONCE_BYTES = 18;

/** A new one for each answer, which is never stored. */
export const newNonce = (): string => randomBytes(NONCE_BYTES).toString("base64url");

/**
 * Headers of a page that loads nothing from elsewhere (Content Security Policy Level 3, Fetch
 * Metadata). Styles that the page creates carry the answer's nonce. `img-src data:` is for pictures
 * of QR codes; the camera is for reading them.
 *
 * @param forms - where forms may be sent
 */
export function pageHeaders(
  nonce: string,
  { forms }: { readonly forms: "'none'" | "'self'" },
): Readonly<Record<string, string>> {
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "media-src 'self' blob:",
      "worker-src 'self'",
      "base-uri 'none'",
      `form-action ${forms}`,
      "frame-ancestors 'none'",
    ].join("; "),
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "x-content-type-options": "nosniff",
    ...OWN_SITE,
  };
}

/** The page's files get them too. */
export const OWN_SITE = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
} as const;
