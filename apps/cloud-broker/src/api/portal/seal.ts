import { CompactEncrypt, compactDecrypt } from "jose";

export type Seal = {
  /** Sealed text that opens only for the same purpose. */
  close(purpose: string, value: unknown): Promise<string>;
  /** @returns undefined for what was sealed by another key, for another purpose, or by nobody */
  open(purpose: string, sealed: string): Promise<unknown>;
};

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true });

/**
 * Seals what the portal keeps about people by AES-256-GCM (JWE compact, `dir`). The purpose stands in the protected
 * header: no row opens in another one's place.
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
