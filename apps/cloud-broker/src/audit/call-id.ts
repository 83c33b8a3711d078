import { hash } from "node:crypto";

/**
 * The id of the nth call of a series, in the form of a UUID of version 8: a reader with the seed
 * knows all ids of the series, so a day with thousands of calls fits into one row.
 */
export function callIdOf(seed: string, call: number): string {
  const hex = hash("sha256", `${seed}:${String(call)}`);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}
