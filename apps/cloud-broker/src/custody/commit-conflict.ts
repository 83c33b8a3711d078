import { systemCodeOf } from "@databox-cmk/errors";

/** Another commit came first. Rolls the transaction back; never shown. */
export class CommitConflict extends Error {
  override readonly name = "CommitConflict";
}

/** SQLite and PostgreSQL (23505) name a taken key differently. */
export function isTakenKey(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "23505";
}
