import { createHash } from "node:crypto";

import * as z from "zod";

export const FORMAT = "databox-broker-store/1";

/**
 * Lines of an exported file, each a JSON value: a head; for each table its name, its rows and its
 * sum; an end.
 */
export const headLine = z.strictObject({
  format: z.literal(FORMAT),
  /** Names of the migrations that made the tables. */
  migrations: z.array(z.string().max(255)).max(10_000),
  exportedAt: z.iso.datetime(),
});
export const tableLine = z.strictObject({
  table: z.string().regex(/^[a-z_]{1,63}$/),
  columns: z.array(z.string().regex(/^[a-z0-9_]{1,63}$/)).max(200),
});
export const rowLine = z.array(z.union([z.string(), z.number(), z.null()])).max(200);
export const sumLine = z.strictObject({
  rows: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export const endLine = z.strictObject({ end: z.literal(FORMAT), tables: z.int().min(0) });

const MODULUS = 1n << 256n;

/**
 * Sum of the SHA-256 of each row, since engines return rows in different orders. It detects a lost
 * or changed row. An attacker who can choose rows freely could forge it, but not the audit chains
 * among them.
 */
export function createMultisetHash() {
  let sum = 0n;
  let rows = 0;
  return {
    add(line: string) {
      sum = (sum + BigInt(`0x${createHash("sha256").update(line).digest("hex")}`)) % MODULUS;
      rows += 1;
    },
    get rows() {
      return rows;
    },
    /** The same rows in any order give the same 64 hexadecimal digits. */
    digest: () => sum.toString(16).padStart(64, "0"),
  };
}
