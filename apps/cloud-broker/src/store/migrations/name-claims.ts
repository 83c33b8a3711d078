import { type Kysely, sql } from "kysely";

/** Names under which a request creates a resource of Azure at this moment. */
export async function createNameClaims(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      "create table name_claims (name text primary key, owner text not null, until_ms bigint not null)",
    )
    .execute(store);
}
