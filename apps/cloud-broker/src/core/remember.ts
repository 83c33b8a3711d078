import { isFresh } from "./is-fresh.ts";
import type { EpochMs } from "./order.ts";
import type { Clock } from "./ports.ts";

/**
 * Keeps the last value that was read, for some time after the read. All callers share it then, also
 * while it is being read. A read that fails is not kept.
 */
export function remember<Value>(
  now: Clock,
  keptMs: number,
  read: (nowMs: EpochMs) => Promise<Value>,
): () => Promise<Value> {
  let kept: Promise<Value> | undefined;
  let readAtMs: EpochMs | undefined;
  return () => {
    if (kept !== undefined && (readAtMs === undefined || isFresh(now(), readAtMs, keptMs)))
      return kept;
    readAtMs = undefined;
    const value = read(now()).finally(() => {
      readAtMs = now();
    });
    kept = value;
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}
