import { type Kysely, sql } from "kysely";

/**
 * The terms that a request was asked under. Requests that wait already are judged by the policy in
 * force, as before.
 */
export async function addApprovalTerms(store: Kysely<unknown>): Promise<void> {
  await sql.raw("alter table approvals add column terms_json text").execute(store);
}
