import { ERRORS } from "@databox-cmk/errors";

import type { Failure } from "./ports.ts";

/** When nobody said when to try again. */
const RETRY_AFTER_SECONDS = 5;

/** @returns seconds until it is worth asking again; undefined where somebody must act first */
export function waitSecondsOf({ code, retryAfterSeconds }: Failure): number | undefined {
  const isUnreachable = ERRORS[code].class === "unreachable";
  return retryAfterSeconds ?? (isUnreachable ? RETRY_AFTER_SECONDS : undefined);
}
