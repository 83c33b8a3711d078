import { createHash } from "node:crypto";

const MODULUS = 1n << 256n;

export type MultisetHash = {
  add(line: string): void;
  /** Rows so far. */
  readonly rows: number;
  /** The same rows in any order give the same 64 hexadecimal digits. */
  digest(): string;
};

/**
 * Sum of the SHA-256 of each row, since engines return rows in different orders. It detects a lost
 * or changed row. An attacker who can choose rows freely could forge it, but not the audit chains
 * among them.
 */
export function createMultisetHash(): MultisetHash {
  let sum = 0n;
  let rows = 0;
  return {
    add(line) {
      sum = (sum + BigInt(`0x${createHash("sha256").update(line).digest("hex")}`)) % MODULUS;
      rows += 1;
    },
    get rows() {
      return rows;
    },
    digest: () => sum.toString(16).padStart(64, "0"),
  };
}
