import { AppError, systemCodeOf, toAppError } from "@databox-cmk/errors";

/** Codes of SQLite, Node and PostgreSQL, and their reason of ServiceUnavailable. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  // The second one: no room for the index of the write-ahead log.
  [/^(?:SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT|53100)$/, "full"],
  [/^(?:SQLITE_READONLY|EROFS$|25006$)/, "read-only"],
  [/^SQLITE_(?:BUSY|LOCKED)/, "locked"],
  [/^(?:SQLITE_(?:CORRUPT|NOTADB|IOERR|CANTOPEN)|XX001$|XX002$|58030$)/, "damaged"],
];

/** A row names another one that is gone: the order was deleted at the same moment. */
const GONE = /^(?:SQLITE_CONSTRAINT_FOREIGNKEY|23503)$/;

/**
 * An error for its answer: a database that cannot be written is an outage that only the broker's
 * operator can end; anything unnamed is a fault of ours.
 */
export function nameFault(error: unknown): AppError {
  const named = toAppError(error);
  if (named.reason !== undefined) return named;
  if (named.code !== "InternalError" && named.code !== "ServiceUnavailable") return named;
  const code = systemCodeOf(named.cause) ?? "";
  if (GONE.test(code)) return new AppError("BrokerBusy", { cause: named.cause });
  const [, reason] = REASONS.find(([pattern]) => pattern.test(code)) ?? [];
  return reason === undefined
    ? named
    : new AppError("ServiceUnavailable", { reason, cause: named.cause });
}
