import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

import type { SymmetricAlgorithm } from "../core/key-vault/algorithms.ts";
import type { CipherPayload } from "../core/key-vault/payloads.ts";
import type { KeyMaterial } from "../core/model.ts";

/** The initial values of the key wraps, RFC 3394 §2.2.3.1 and RFC 5649 §3. */
const WRAP_IV = Buffer.alloc(8, 0xa6);
const WRAP_PAD_IV = Buffer.from("a65959a6", "hex");
const GCM_IV_BYTES = 12;
const CBC_IV_BYTES = 16;
const TAG_BYTES = 16;

export type SymmetricOutcome =
  | { readonly kind: "done"; readonly value: string; readonly more: object }
  | { readonly kind: "refused"; readonly message: string };

export function secretOf({ privateKeyPem }: KeyMaterial): Buffer {
  return Buffer.from(privateKeyPem, "base64url");
}

export function hmac(hash: "sha256" | "sha384" | "sha512", secret: Buffer, data: Buffer): Buffer {
  return createHmac(hash, secret).update(data).digest();
}

/**
 * Encrypts or wraps (`forward`), decrypts or unwraps (`back`). The vault chooses the iv of GCM, the
 * caller that of CBC. A failed decryption does not say why.
 */
export function runSymmetric(
  direction: "forward" | "back",
  algorithm: SymmetricAlgorithm,
  secret: Buffer,
  payload: CipherPayload,
): SymmetricOutcome {
  const value = Buffer.from(payload.value, "base64url");
  try {
    if (algorithm.mode === "gcm")
      return runGcm(direction, algorithm, secret, { ...payload, value });
    return runOther(direction, algorithm, secret, { ...payload, value });
  } catch {
    const message =
      direction === "forward"
        ? "The length of property 'value' does not fit the algorithm."
        : "The value cannot be decrypted with this key and algorithm.";
    return { kind: "refused", message };
  }
}

type Input = Omit<CipherPayload, "value"> & { readonly value: Buffer };

function runGcm(
  direction: "forward" | "back",
  { keySize }: SymmetricAlgorithm,
  secret: Buffer,
  { value, iv, aad, tag }: Input,
): SymmetricOutcome {
  const name = `aes-${keySize}-gcm` as const;
  const options = { authTagLength: TAG_BYTES };
  const additional = Buffer.from(aad ?? "", "base64url");
  if (direction === "forward") {
    if (iv) return refused("Property 'iv' must not be given: the service makes it.");
    const made = randomBytes(GCM_IV_BYTES);
    const cipher = createCipheriv(name, secret, made, options).setAAD(additional);
    const sealed = Buffer.concat([cipher.update(value), cipher.final()]);
    return outcome(sealed, {
      iv: made.toString("base64url"),
      tag: cipher.getAuthTag().toString("base64url"),
      aad: aad ?? undefined,
    });
  }
  if (!iv || !tag) return refused("Properties 'iv' and 'tag' are required.");
  const decipher = createDecipheriv(name, secret, Buffer.from(iv, "base64url"), options)
    .setAAD(additional)
    .setAuthTag(Buffer.from(tag, "base64url"));
  return outcome(Buffer.concat([decipher.update(value), decipher.final()]), {});
}

function runOther(
  direction: "forward" | "back",
  algorithm: SymmetricAlgorithm,
  secret: Buffer,
  { value, iv }: Input,
): SymmetricOutcome {
  const { mode } = algorithm;
  const isCbc = mode === "cbc" || mode === "cbc-pad";
  const given = Buffer.from(iv ?? "", "base64url");
  if (isCbc && given.length !== CBC_IV_BYTES)
    return refused(`Property 'iv' must have ${CBC_IV_BYTES} bytes.`);
  const create = direction === "forward" ? createCipheriv : createDecipheriv;
  const vector = isCbc ? given : mode === "wrap" ? WRAP_IV : WRAP_PAD_IV;
  const cipher = create(opensslName(algorithm), secret, vector);
  cipher.setAutoPadding(mode === "cbc-pad");
  const bytes = Buffer.concat([cipher.update(value), cipher.final()]);
  return outcome(bytes, isCbc && direction === "forward" ? { iv } : {});
}

function opensslName({ mode, keySize }: SymmetricAlgorithm): string {
  if (mode === "wrap") return `id-aes${keySize}-wrap`;
  return mode === "wrap-pad" ? `id-aes${keySize}-wrap-pad` : `aes-${keySize}-cbc`;
}

function outcome(bytes: Buffer, more: object): SymmetricOutcome {
  return { kind: "done", value: bytes.toString("base64url"), more };
}

function refused(message: string): SymmetricOutcome {
  return { kind: "refused", message };
}
