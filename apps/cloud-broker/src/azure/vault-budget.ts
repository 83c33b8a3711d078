import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { Clock } from "../core/ports.ts";

/** How far urgent calls may delay the calls that can wait. */
const MAX_DEBT_MS = 1000;
/** Calls in a row without a pause, after an idle moment. */
export const BURST_MS = 100;
const MAX_VAULTS = 1000;

export type VaultBudget = ReturnType<typeof createVaultBudget>;

/**
 * Paces the work that can wait: never above its share of the vault's rate, and never above the
 * remainder of the whole rate. Each call reserves its own moment, so that no budget is lost when
 * calls wake up. A call counts by the weight of its key (core/vault-capacity.ts).
 */
export function createVaultBudget(options: {
  readonly operationsPerSecond: number;
  /** 0 to 1. */
  readonly share: number;
  readonly now: Clock;
}) {
  const wholeMs = 1000 / options.operationsPerSecond;
  const shareMs = wholeMs / options.share;
  const vaults = new LeastRecentlyUsed<
    string,
    { wholeAtMs: number; shareAtMs: number; seenAtMs: number }
  >(MAX_VAULTS);

  function paceOf(vaultUrl: string) {
    const nowMs = options.now();
    const known = vaults.get(vaultUrl) ?? { wholeAtMs: 0, shareAtMs: 0, seenAtMs: nowMs };
    vaults.set(vaultUrl, known);
    // Reserved moments move with a clock that is set back, or work would wait until it caught up.
    const setBackMs = Math.max(0, known.seenAtMs - nowMs);
    const earliestMs = nowMs - BURST_MS;
    known.wholeAtMs = Math.max(known.wholeAtMs - setBackMs, earliestMs);
    known.shareAtMs = Math.max(known.shareAtMs - setBackMs, earliestMs);
    known.seenAtMs = nowMs;
    return known;
  }

  return {
    /** A call that cannot wait: it is counted, so that others make room for it. */
    spend(vaultUrl: string, weight = 1) {
      const pace = paceOf(vaultUrl);
      pace.wholeAtMs = Math.min(pace.wholeAtMs + weight * wholeMs, options.now() + MAX_DEBT_MS);
    },
    /** A call that can wait takes the next free moment. @returns milliseconds until then */
    reserve(vaultUrl: string, weight = 1): number {
      const pace = paceOf(vaultUrl);
      const atMs = Math.max(pace.wholeAtMs, pace.shareAtMs);
      pace.wholeAtMs = atMs + weight * wholeMs;
      pace.shareAtMs = atMs + weight * shareMs;
      return Math.max(0, atMs - options.now());
    },
  };
}
