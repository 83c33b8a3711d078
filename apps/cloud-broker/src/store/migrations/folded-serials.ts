import { type Kysely, sql } from "kysely";

/**
 * Serial numbers are compared without regard to case when devices are prepared. Rows keep the case in which they were
 * written: it is signed and bound into envelopes. The index is not unique, so that a database with two spellings of one
 * serial number migrates too; no further spelling is accepted.
 */
export async function indexFoldedSerials(store: Kysely<unknown>): Promise<void> {
  await sql.raw("create index nodes_by_folded_serial on nodes (lower(serial))").execute(store);
}
