import { timingSafeEqual } from "node:crypto";

/** Compares without telling by time where the first difference is. Lengths are public. */
export function equalConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/**
 * Memory for a secret, which {@link zero} can overwrite: outside of V8's heap. A typed array of at
 * most 64 bytes lies in that heap, where the collector and native calls leave copies behind; a
 * small `Buffer` lies in a pool with others.
 *
 * @param length - bytes, all zero at first
 */
export function secretBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}

/** One secret in memory of its own ({@link secretBytes}). The caller zeroes the parts. */
export function joinSecrets(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = secretBytes(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

/** Overwrites secrets. It reaches no copy, so see {@link secretBytes}. */
export function zero(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
