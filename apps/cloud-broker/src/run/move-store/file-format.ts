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
