import { toAppError } from "@databox-cmk/errors";

/** How long whoever answered asked to be left alone (Retry-After); 0 when nobody did. */
export function askedSecondsOf(error: unknown): number {
  const { retryAfterSeconds } = toAppError(error).facts;
  return typeof retryAfterSeconds === "number" ? retryAfterSeconds : 0;
}
