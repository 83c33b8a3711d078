import { type Kysely, sql } from "kysely";

/** The events that people chose to get by e-mail, and their addresses. */
export async function createNoticeChoices(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table notice_people (
        object_id text primary key, address text not null, language text not null, changed_at_ms bigint not null)`,
    )
    .execute(store);
  await sql
    .raw(
      `create table notice_choices (
        object_id text not null references notice_people (object_id) on delete cascade,
        subscription_id text not null, event_type text not null,
        primary key (object_id, subscription_id, event_type))`,
    )
    .execute(store);
  await sql
    .raw("create index notice_choices_by_event on notice_choices (subscription_id, event_type)")
    .execute(store);
}
