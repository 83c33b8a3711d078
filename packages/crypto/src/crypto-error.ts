export type CryptoErrorCode =
  | "malformed"
  | "unsupported"
  | "decryption-failed"
  | "verification-failed";

/**
 * The only error that this package throws about its inputs. `decryption-failed` and
 * `verification-failed` never say which check failed: a caller that passed the difference on would
 * be an oracle.
 */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string = code) {
    super(message);
    this.code = code;
  }
}

export const malformed = (what: string): CryptoError => new CryptoError("malformed", what);
export const unsupported = (what: string): CryptoError => new CryptoError("unsupported", what);
export const decryptionFailed = (): CryptoError => new CryptoError("decryption-failed");
export const verificationFailed = (): CryptoError => new CryptoError("verification-failed");
