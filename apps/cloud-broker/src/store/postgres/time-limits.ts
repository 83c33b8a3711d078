import { AppError } from "@databox-cmk/errors";
import { sql } from "kysely";

import type { Store } from "../store.ts";
import type { PostgresSettings } from "./connection-settings.ts";

/**
 * Checks that the server ends statements and idle transactions in time. The broker asks for it when
 * it connects; a pooler may drop that, and then the database must have them.
 *
 * @throws {AppError} Misuse
 */
export async function requireTimeLimits(
  store: Store,
  { url, statementTimeoutSeconds }: PostgresSettings,
): Promise<void> {
  const { rows } = await sql<{ name: string; ms: number }>`
    select name, setting::bigint as ms from pg_settings
    where name in ('statement_timeout', 'idle_in_transaction_session_timeout')
    order by name desc`.execute(store);
  const wrong = rows.filter(({ ms }) => ms === 0 || ms > statementTimeoutSeconds * 1000);
  if (wrong.length === 0) return;
  const limits = wrong.map(
    ({ name }) =>
      `alter database "${url.database}" set ${name} = '${String(statementTimeoutSeconds)}s';`,
  );
  throw new AppError("Misuse", {
    detail: `DATABASE_URL: a pooler drops the broker's time limits; run ${limits.join(" ")} and let the pooler connect again`,
  });
}
