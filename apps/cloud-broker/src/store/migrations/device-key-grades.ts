import { type Kysely, sql } from "kysely";

/** Nodes that enrolled before said nothing of it: their keys lie in files. */
export async function addDeviceKeyGrades(store: Kysely<unknown>): Promise<void> {
  await sql.raw("alter table nodes add column device_key_grade text").execute(store);
}
