/**
 * Signatures of ES256: 64 bytes r ‖ s on the wire (RFC 7518 §3.4), DER inside OpenSSL (RFC 3279
 * §2.2.3). By hand, because node:crypto's own conversion (`dsaEncoding`) makes it take each key
 * apart again: a third of a verification, half of a signature.
 */
const INTEGER_BYTES = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** @param signature - 64 bytes; any 64 bytes give DER, which OpenSSL then judges */
export function toDer(signature: Uint8Array): Uint8Array {
  const r = unsigned(signature.subarray(0, INTEGER_BYTES));
  const s = unsigned(signature.subarray(INTEGER_BYTES));
  // At most 2 × (2 + 33) bytes: every length fits one byte.
  return Buffer.concat([
    Buffer.from([SEQUENCE, r.byteLength + s.byteLength + 4, INTEGER, r.byteLength]),
    r,
    Buffer.from([INTEGER, s.byteLength]),
    s,
  ]);
}

/** @param der - what OpenSSL has just made: two positive integers of at most 256 bits */
export function fromDer(der: Uint8Array): Uint8Array {
  const signature = new Uint8Array(2 * INTEGER_BYTES);
  const rBytes = der[3] ?? 0;
  place(der.subarray(4, 4 + rBytes), signature.subarray(0, INTEGER_BYTES));
  const sAt = 4 + rBytes + 2;
  place(der.subarray(sAt, sAt + (der[sAt - 1] ?? 0)), signature.subarray(INTEGER_BYTES));
  return signature;
}

/**
 * The shortest two's complement of a positive number: no leading zeros, but one before a set high
 * bit.
 */
function unsigned(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.byteLength - 1 && bytes[from] === 0) from += 1;
  const digits = bytes.subarray(from);
  return (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.from([0]), digits]);
}

function place(integer: Uint8Array, into: Uint8Array): void {
  const digits = integer.subarray(Math.max(0, integer.byteLength - INTEGER_BYTES));
  into.set(digits, INTEGER_BYTES - digits.byteLength);
}
