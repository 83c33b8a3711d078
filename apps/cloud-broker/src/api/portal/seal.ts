import { CompactEncrypt, compactDecrypt } from "jose";

export type Seal = {
  /** Sealed text that opens only for the same purpose. */
  close(purpose: string, value: unknown): Promise<string>;
  /** @returns undefined for a text that was not sealed by this key for this purpose */
  open(purpose: string, sealed: string): Promise<unknown>;
};

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true });

/**
 * Seals the portal's data about people by AES-256-GCM (JWE compact, `dir`). The purpose is part of
 * the protected header, so no row can replace another.
 *
 * @param key - 32 bytes, shared by all replicas
 */
export function createSeal(key: Uint8Array): Seal {
  return {
    close: (purpose, value) =>
      new CompactEncrypt(ENCODER.encode(JSON.stringify(value)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", purpose })
        .encrypt(key),
    async open(purpose, sealed) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        if (protectedHeader["purpose"] !== purpose) return undefined;
        const value: unknown = JSON.parse(DECODER.decode(plaintext));
        return value;
      } catch {
        return undefined;
      }
    },
  };
}
