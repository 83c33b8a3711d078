import { timingSafeEqual } from "node:crypto";

/** Compares without telling by time where the first difference is. Lengths are public. */
export function equalConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/**
 * Overwrites secrets. JavaScript cannot reach the copies that the garbage collector made before.
 */
export function zero(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
