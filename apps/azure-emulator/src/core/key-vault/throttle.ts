import type { EpochMs, PublicJwk } from "../model.ts";

/** Key Vault counts per vault in windows of ten seconds. */
const WINDOW_MS = 10_000;
/** A subscription may use as much as five vaults. */
export const SUBSCRIPTION_VAULTS = 5;

/** Transactions per window and vault (Key Vault service limits). */
const LIMITS = {
  software: { create: 20, 2048: 4_000, 3072: 1_000, 4096: 500, EC: 4_000 },
  hsm: { create: 10, 2048: 2_000, 3072: 500, 4096: 250, EC: 2_000 },
} as const;

export type KeyShape = {
  readonly protection: "software" | "hsm";
  readonly size: "EC" | 2048 | 3072 | 4096;
};
export type Spending = { readonly windowStartMs: EpochMs; readonly used: number };
export const NOTHING_SPENT: Spending = { windowStartMs: Number.NEGATIVE_INFINITY, used: 0 };

export function shapeOf(jwk: PublicJwk): KeyShape {
  const protection = jwk.kty.endsWith("-HSM") ? "hsm" : "software";
  if (!("n" in jwk)) return { protection, size: "EC" };
  const bits = Math.floor((jwk.n.length * 6) / 8) * 8;
  return { protection, size: bits >= 4096 ? 4096 : bits >= 3072 ? 3072 : 2048 };
}

/**
 * The share of a window's budget that one transaction uses: limits are weighted and enforced on the
 * sum.
 */
export function transactionCost(kind: "create" | "other", shape: KeyShape | undefined): number {
  const limits = LIMITS[shape?.protection ?? "software"];
  return 1 / (kind === "create" ? limits.create : limits[shape?.size ?? 2048]);
}

export type SpendingDecision =
  | { readonly kind: "spent"; readonly spending: Spending }
  | { readonly kind: "exhausted"; readonly retryAfterSeconds: number };

/** Takes a cost out of a budget of 1 per window; a refused transaction does not count. */
export function spend(
  spending: Spending,
  cost: number,
  nowMs: EpochMs,
  budget = 1,
): SpendingDecision {
  const isSameWindow =
    nowMs >= spending.windowStartMs && nowMs - spending.windowStartMs < WINDOW_MS;
  const current = isSameWindow ? spending : { windowStartMs: nowMs, used: 0 };
  const tolerance = 1e-9;
  if (current.used + cost > budget + tolerance) {
    return {
      kind: "exhausted",
      retryAfterSeconds: Math.ceil((current.windowStartMs + WINDOW_MS - nowMs) / 1000),
    };
  }
  return { kind: "spent", spending: { ...current, used: current.used + cost } };
}
