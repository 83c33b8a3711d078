import { ERRORS } from "@databox-cmk/errors";

import type { Failure } from "./ports.ts";

/** The wait when no answer named one. */
const RETRY_AFTER_SECONDS = 5;

/** @returns seconds until a retry is worthwhile; undefined where a person must act first */
export function waitSecondsOf({ code, retryAfterSeconds }: Failure): number | undefined {
  const isUnreachable = ERRORS[code].class === "unreachable";
  return retryAfterSeconds ?? (isUnreachable ? RETRY_AFTER_SECONDS : undefined);
}
