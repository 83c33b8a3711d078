import { createHash } from "node:crypto";

const MODULUS = 1n << 256n;

export type MultisetHash = {
  add(line: string): void;
  /** Rows so far. */
  readonly rows: number;
  /** Of the same rows in whatever order the same 64 hexadecimal digits. */
  digest(): string;
};

/**
 * Sum of the SHA-256 of each row: engines give rows in different orders. It tells a lost or changed row; whoever can choose
 * rows freely could forge it, but not the audit chains among them.
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
