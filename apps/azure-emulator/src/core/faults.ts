import type { LatencyDistribution } from "./fault-payload.ts";
import { isSame, type Fault } from "./model.ts";

/** Separates the sequence of latencies from that of strikes. */
const LATENCY_STREAM = 0x5b_d1_e9_95;
/** The 99 % quantile of the standard normal distribution. */
const NORMAL_P99 = 2.326_347_874;

export function coversTarget(scope: Fault["scope"], target: Fault["scope"]): boolean {
  return (
    scope.service === target.service &&
    (scope.vault === undefined || isSame(scope.vault, target.vault)) &&
    (scope.operation === undefined || isSame(scope.operation, target.operation))
  );
}

/**
 * Draws once: whether the fault strikes this time, and its next state. Undefined as `next`: used
 * up.
 */
export function drawFault(fault: Fault): {
  readonly strikes: boolean;
  readonly next: Fault | undefined;
} {
  const strikes =
    fault.probability >= 1 || seededUniform(fault.seed, fault.draws) < fault.probability;
  const drawn = { ...fault, draws: fault.draws + 1 };
  if (!strikes || fault.remaining === undefined) return { strikes, next: drawn };
  return {
    strikes,
    next: fault.remaining > 1 ? { ...drawn, remaining: fault.remaining - 1 } : undefined,
  };
}

/** The n-th number of a seed's sequence in [0, 1): splitmix32, which needs no state. */
export function seededUniform(seed: number, n: number): number {
  let mixed = (seed + Math.imul(n + 1, 0x9e_37_79_b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21_f0_aa_ad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

/** One latency of a distribution; `uniform` in [0, 1). */
export function sampleLatencyMs(distribution: LatencyDistribution, uniform: number): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.ms;
    case "uniform":
      return distribution.minimumMs + uniform * (distribution.maximumMs - distribution.minimumMs);
    case "log-normal": {
      const sigma = Math.log(distribution.p99Ms / distribution.medianMs) / NORMAL_P99;
      return distribution.medianMs * Math.exp(sigma * normalQuantile(uniform));
    }
  }
}

/**
 * Inverse of the normal distribution, absolute error below 4.5e-4: Abramowitz and Stegun, Handbook
 * of Mathematical Functions, 26.2.23.
 */
function normalQuantile(uniform: number): number {
  const bounded = Math.min(Math.max(uniform, 1e-6), 1 - 1e-6);
  const tail = bounded < 0.5 ? bounded : 1 - bounded;
  const t = Math.sqrt(-2 * Math.log(tail));
  const numerator = 2.515_517 + 0.802_853 * t + 0.010_328 * t * t;
  const denominator = 1 + 1.432_788 * t + 0.189_269 * t * t + 0.001_308 * t * t * t;
  const quantile = t - numerator / denominator;
  return bounded < 0.5 ? -quantile : quantile;
}

/** The effects on one exchange: a latency has become a number. */
export type StruckEffect =
  | Exclude<Fault["effect"], { kind: "latency" }>
  | { readonly kind: "delay"; readonly ms: number };

/** A struck fault's effect; the seed decides the latency too, independently of the strike. */
export function struckEffect(fault: Fault): StruckEffect {
  const { effect, seed, draws } = fault;
  if (effect.kind !== "latency") return effect;
  return {
    kind: "delay",
    ms: sampleLatencyMs(effect.distribution, seededUniform(seed ^ LATENCY_STREAM, draws)),
  };
}

/**
 * If several faults strike one exchange, their delays add up and the first of each other kind
 * counts.
 */
export function firstOfKind<K extends StruckEffect["kind"]>(
  effects: readonly StruckEffect[],
  kind: K,
): Extract<StruckEffect, { kind: K }> | undefined {
  return effects.find(
    (effect): effect is Extract<StruckEffect, { kind: K }> => effect.kind === kind,
  );
}
