import { toAppError } from "@databox-cmk/errors";

import { retryAfterMs, type RetryTerms } from "../core/retry-after.ts";

/** When the next attempt at something may begin. */
export type Retry = {
  /** Milliseconds until then; 0: now. */
  waitMs(): number;
  /** @returns milliseconds until the next attempt */
  failed(terms: RetryTerms, askedSeconds?: number): number;
  /** Ends a row of failures. */
  ended(pauseMs?: number): void;
};

export function createRetry(random: () => number = Math.random): Retry {
  let failures = 0;
  let nextAtMs = 0;
  const pause = (milliseconds: number) => {
    nextAtMs = performance.now() + milliseconds;
    return milliseconds;
  };
  return {
    waitMs: () => Math.max(0, nextAtMs - performance.now()),
    failed(terms, askedSeconds) {
      failures += 1;
      return pause(retryAfterMs(terms, failures, random(), askedSeconds));
    },
    ended(pauseMs = 0) {
      failures = 0;
      pause(pauseMs);
    },
  };
}

/** The delay that the answer requested (Retry-After); 0 without one. */
export function askedSecondsOf(error: unknown): number {
  const { retryAfterSeconds } = toAppError(error).facts;
  return typeof retryAfterSeconds === "number" ? retryAfterSeconds : 0;
}
