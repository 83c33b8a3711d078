import * as z from "zod/mini";

const PEM = /-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----/;
const PRIVATE = /PRIVATE KEY-----|"d"\s*:/;
const jwk = z.looseObject({ kty: z.literal("RSA"), n: z.string(), e: z.string() });

export type PublicKeyText =
  | { readonly kind: "empty" | "private" | "unknown" }
  | { readonly kind: "pem"; readonly publicKey: string }
  | {
      readonly kind: "jwk";
      readonly publicKey: { readonly kty: "RSA"; readonly n: string; readonly e: string };
    };

/**
 * The public half of a recovery key, as PEM or JWK. A private key is rejected, so that it is never
 * sent.
 */
export function parsePublicKey(text: string): PublicKeyText {
  if (text.trim() === "") return { kind: "empty" };
  if (PRIVATE.test(text)) return { kind: "private" };
  const [pem] = PEM.exec(text) ?? [];
  if (pem !== undefined) return { kind: "pem", publicKey: `${pem}\n` };
  const parsed = z.safeParse(jwk, parseJson(text));
  if (!parsed.success) return { kind: "unknown" };
  const { kty, n, e } = parsed.data;
  return { kind: "jwk", publicKey: { kty, n, e } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
