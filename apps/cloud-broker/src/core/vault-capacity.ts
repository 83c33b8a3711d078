import type { KeyFacts } from "./ports.ts";

/** Capacity is counted in operations with an RSA key of 2048 bits in software, in ten seconds. */
const WINDOW_SECONDS = 10;
/** The part of a vault's capacity that probes may take; unlocks and re-wraps have the rest. */
export const PROBE_SHARE = 0.5;
/** From here on the operator is warned (deploy/observability/alerts.yaml). */
export const PROBE_LOAD_WARNED = 0.4;
/** Probes that run at once in a process: so many may read a key before one of them can share it. */
export const PROBES_AT_ONCE = 16;
/** A Get is used for so long, and in one step of ten an identity makes its own in any case. */
export const SHARED_GET = { forMs: WINDOW_SECONDS * 1000, stepMs: 30_000, ownEach: 10 };

/**
 * How many operations with an RSA key of 2048 bits in software one operation with this key counts
 * as. Key Vault allows 4,000 / 1,000 / 500 of them in ten seconds (RSA 2048, 3072, 4096), half of
 * that in an HSM, and enforces their weighted sum.
 */
export function operationWeight(key: Pick<KeyFacts, "keyType" | "keySizeBits">): number {
  const ofSize = key.keySizeBits >= 4096 ? 8 : key.keySizeBits >= 3072 ? 4 : 1;
  return key.keyType.endsWith("-HSM") ? 2 * ofSize : ofSize;
}

/** A key version on which live leases depend. */
export type ProbedKey = {
  readonly vaultUrl: string;
  readonly weight: number;
  /** How many identities use it. */
  readonly identities: number;
};

/**
 * The part of each vault's capacity that the probes of its keys would take at the configured
 * interval; above 1 the vault cannot answer them. Each probe is an unwrap; the Gets are shared.
 */
export function probeLoads(
  keys: Iterable<ProbedKey>,
  probing: { readonly intervalSeconds: number; readonly operationsPer10Seconds: number },
): ReadonlyMap<string, number> {
  const { intervalSeconds, operationsPer10Seconds: capacity } = probing;
  const loads = new Map<string, number>();
  for (const { vaultUrl, weight, identities } of keys) {
    const ownGets = Math.min(
      identities,
      identities / SHARED_GET.ownEach + (PROBES_AT_ONCE * intervalSeconds) / WINDOW_SECONDS,
    );
    const load = ((identities + ownGets) * weight * WINDOW_SECONDS) / intervalSeconds / capacity;
    loads.set(vaultUrl, (loads.get(vaultUrl) ?? 0) + load);
  }
  return loads;
}

/**
 * Bounds how late a revoked key is found: five minutes at the default interval. 3,000 appliances
 * with an identity each and an HSM's key of 4096 bits need 8.9. Where ten is too little, probes
 * take more than their part, the vault throttles, and late ones are an alert.
 */
export const PROBE_STRETCH_MAX = 10;

/** By how much the probes of a vault's keys are made less often, so that they keep to their part. */
export const probeStretch = (load = 0): number =>
  Math.min(Math.max(1, load / PROBE_SHARE), PROBE_STRETCH_MAX);
