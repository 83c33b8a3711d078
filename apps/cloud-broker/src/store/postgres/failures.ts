import { AppError, systemCodeOf } from "@databox-cmk/errors";

/** Outages: the server is unavailable, is restarting, is full, or did not finish in time. */
const OUTAGES: readonly RegExp[] = [
  /^08/, // connection exceptions
  /^53/, // no memory, no disk, too many connections
  /^57/, // cancelled by its timeout, shutting down, starting up
  /^25P03$/, // idle in a transaction for too long: this process was paused
  /^25006$/, // read only: a standby that took over, or was asked by mistake
  /^55P03$/, // LOCK_TIMEOUT
  /^E(?:CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN|NOENT)/,
];
/** Messages of the driver that come without a code. */
const OUTAGE_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|read timeout|not queryable|connection error|ended before/i;
/** The server ends the connection; its last statement may or may not have happened. */
const CONNECTION_ENDS = /^(?:08|53|57P|25P03)/;
const NOT_STORABLE = "22021";
/** The transaction, or the statement alone, did nothing and may run again. */
const RACES: ReadonlySet<string> = new Set([
  "40001",
  "40P01",
  // The statement was sent behind one that should have prepared it for both, and has failed.
  "26000",
]);
const LOCK_TIMEOUT = "55P03";

export function isLostRace(error: unknown): boolean {
  return RACES.has(systemCodeOf(error) ?? "");
}

/** A statement fails on purpose if its condition does not hold (store/fast/compile-together.ts). */
export function isDivisionByZero(error: unknown): boolean {
  return systemCodeOf(error) === "22012";
}

/** An earlier statement of the transaction has failed; this one was not run. */
export function isAborted(error: unknown): boolean {
  return systemCodeOf(error) === "25P02";
}

/** The server reports that the statement's transaction has not happened. */
export function isUndone(error: unknown): boolean {
  const code = systemCodeOf(error instanceof AppError ? error.cause : error) ?? "";
  // Node's own codes begin with E, no class of SQLSTATE does.
  return /^(?!E)[0-9A-Z]{5}$/.test(code) && !CONNECTION_ENDS.test(code);
}

/**
 * Names an error of the server or its driver. A lost race and a violated constraint keep their
 * type, since the author of the statement knows their meaning.
 */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  if (isOutage(error)) return unavailable("the database does not answer", error);
  if (systemCodeOf(error) === NOT_STORABLE)
    return new AppError("InvalidRequestContent", {
      detail: "a text has a character that cannot be stored (NUL)",
      cause: error,
    });
  return error;
}

/** The database did not answer, as `databaseFailure` names it. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === "ServiceUnavailable";
}

export function unavailable(detail: string, cause: unknown): AppError {
  return new AppError("ServiceUnavailable", { detail, cause, facts: { retryAfterSeconds: 5 } });
}

/**
 * After this failure a connection is not used again: the next answer could belong to the abandoned
 * statement, or the server is the wrong one.
 */
export function endsConnection(error: unknown): error is Error {
  return error instanceof Error && isOutage(error) && systemCodeOf(error) !== LOCK_TIMEOUT;
}

function isOutage(error: Error): boolean {
  const code = systemCodeOf(error) ?? "";
  return OUTAGES.some((pattern) => pattern.test(code)) || OUTAGE_MESSAGES.test(error.message);
}
