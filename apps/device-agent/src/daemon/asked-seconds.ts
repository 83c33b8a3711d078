import { toAppError } from "@databox-cmk/errors";

/** The delay that the answer requested (Retry-After); 0 without one. */
export function askedSecondsOf(error: unknown): number {
  const { retryAfterSeconds } = toAppError(error).facts;
  return typeof retryAfterSeconds === "number" ? retryAfterSeconds : 0;
}
