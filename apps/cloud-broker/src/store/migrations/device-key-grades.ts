import { type Kysely, sql } from "kysely";

/** Nodes that enrolled earlier did not report a grade: their keys are in files. */
export async function addDeviceKeyGrades(store: Kysely<unknown>): Promise<void> {
  await sql.raw("alter table nodes add column device_key_grade text").execute(store);
}
