import { isFresh } from "./is-fresh.ts";
import type { EpochMs } from "./order.ts";
import type { Clock } from "./ports.ts";

/**
 * Keeps the last value that was read, for some time after the read. All callers share it then, also while it is
 * being read. A read that fails is not kept.
 */
export function remember<Value>(
  now: Clock,
  keptMs: number,
  read: (nowMs: EpochMs) => Promise<Value>,
): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; atMs?: EpochMs } | undefined;
  return () => {
    if (kept !== undefined && (kept.atMs === undefined || isFresh(now(), kept.atMs, keptMs)))
      return kept.value;
    const entry: typeof kept = {
      value: read(now()).finally(() => {
        entry.atMs = now();
      }),
    };
    kept = entry;
    entry.value.catch(() => {
      if (kept === entry) kept = undefined;
    });
    return entry.value;
  };
}
