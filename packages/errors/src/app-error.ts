import { reasonOf } from "./explain.ts";
import { oneLine } from "./fill.ts";
import type { Facts } from "./row.ts";
import { ERRORS, type ErrorCode } from "./table.ts";

export type AppErrorOptions = {
  readonly reason?: string | undefined;
  /** The member or resource that is wrong, such as `properties.details.keyEncryptionKey.kekUrl`. */
  readonly target?: string | undefined;
  readonly facts?: Facts | undefined;
  /**
   * One clause about the fault in this input ("serial: expected 3 to 64 characters"). It is shown
   * to the caller: no secrets.
   */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
};

/** Parsers quote what they could not read, so a detail is cut and kept to one line. */
const DETAIL_MAX_CHARACTERS = 500;

/**
 * A named failure. Its message is the table's; what differs each time is in `facts` and `detail`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly target?: string;
  readonly facts: Facts;
  readonly detail?: string;

  /** @throws {RangeError} when the reason is not listed in the row: a programming error. */
  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const reason = reasonOf(code, options.reason);
    if (reason === undefined && options.reason !== undefined)
      throw new RangeError(`${code} has no reason "${options.reason}"`);
    super(
      reason?.message ?? ERRORS[code].message,
      "cause" in options ? { cause: options.cause } : {},
    );
    this.name = "AppError";
    this.code = code;
    if (options.reason !== undefined) this.reason = options.reason;
    if (options.target !== undefined) this.target = options.target;
    if (options.detail !== undefined) {
      this.detail = oneLine(options.detail, DETAIL_MAX_CHARACTERS);
    }
    this.facts = options.facts ?? {};
  }
}

/**
 * An AppError as it is; anything else is a bug and becomes InternalError, with the thrown value as
 * its cause.
 */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError("InternalError", { cause: error });
}
