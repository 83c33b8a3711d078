import { type Kysely, sql } from "kysely";

/** Which notices a person has read. Notices themselves are derived from what they report. */
export async function createNoticeReads(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table notice_reads (
        object_id text not null, notice_id text not null, read_at_ms bigint not null,
        primary key (object_id, notice_id))`,
    )
    .execute(store);
  await sql.raw("create index notice_reads_by_time on notice_reads (read_at_ms)").execute(store);
}
