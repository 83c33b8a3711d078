/** Another commit came first. Rolls the transaction back; never shown. */
export class CommitConflict extends Error {
  override readonly name = "CommitConflict";
}

/** SQLite and PostgreSQL (23505) name a taken key differently. */
export function isTakenKey(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "SQLITE_CONSTRAINT_PRIMARYKEY" || error.code === "23505";
}
