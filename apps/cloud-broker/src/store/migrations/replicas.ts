import { type Kysely, sql } from "kysely";

/** Tables that coordinate replicas of different versions. */
export async function createReplicaTables(store: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(store);
}

const STATEMENTS = [
  `create table schema_needs (id integer primary key check (id = 1), migration text not null)`,
  `insert into schema_needs (id, migration) values (1, '0011-replicas')`,
];
