import type { EpochMs } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";

export const MINUTE_MS = 60_000;

/** The minute that a time belongs to, by its first millisecond. */
export const windowOf = (nowMs: EpochMs): EpochMs => Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;

export function overQuota(whose: string, perMinute: number, leftMs: number): Failure {
  return {
    code: "RateLimited",
    retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
    detail: `more than ${String(perMinute)} unlocks per minute of the ${whose}`,
  };
}

/** Deletes windows that have ended. */
export async function forgetWindows(store: Store, nowMs: EpochMs): Promise<void> {
  await store
    .deleteFrom("quota_windows")
    .where("window_ms", "<", nowMs - 2 * MINUTE_MS)
    .execute();
}
