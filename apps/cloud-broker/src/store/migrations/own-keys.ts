import { type Kysely, sql } from "kysely";

/** Since when each of the broker's own keys has been in use. */
export async function createOwnKeys(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table own_keys (
        name text not null, fingerprint text not null, since_ms bigint not null,
        primary key (name, fingerprint))`,
    )
    .execute(store);
}
