import { createRateLimit, type RateLimit } from "@databox-cmk/http";

import type { BrokerConfig } from "../config/config.ts";
import type { Clock } from "../core/ports.ts";

/** Calls of one vault. */
export const VAULT_CALLS = { inFlight: 64, waiting: 512, waitMs: 5_000 };
/**
 * Calls without an answer that open a vault's circuit, and the time until one is tried. It delays
 * the answers of a vault that recovers, also refusals, by much less than the interval of the
 * probes.
 */
export const VAULT_CIRCUIT = { silences: 5, tryAgainAfterMs: 5_000 };
/**
 * Enough to use up the budget of a vault that takes 40 ms for a call. With more, calls become due
 * together, and an unlock at that moment waits for all of them.
 */
export const CAMPAIGN_STEPS_AT_ONCE = 16;
/** How many devices may fail to prove themselves behind one address. */
export const UNPROVEN_DEVICES = 10;
/** Lookups of tenants that are not connected, which people name to sign in. */
export const TENANT_LOOKUPS_PER_MINUTE = 60;
/** Bursts of an address, in seconds of its rate. */
const BURST_SECONDS = 5;

const perMinute = (burst: number) => ({ tokensPerSecond: burst / 60, burst });

type Rates = Pick<
  BrokerConfig,
  | "KEY_HEALTH_PER_VAULT_PER_MINUTE"
  | "RATE_LIMIT_ADDRESS_PER_SECOND"
  | "RATE_LIMIT_DEVICE_PER_MINUTE"
>;

/** The limits that are rates in memory. docs/reference/limits.md has all limits. */
const RATES = {
  address: ({ RATE_LIMIT_ADDRESS_PER_SECOND: rate }) => ({
    tokensPerSecond: rate,
    burst: rate * BURST_SECONDS,
  }),
  device: (config) => perMinute(config.RATE_LIMIT_DEVICE_PER_MINUTE),
  unproven: (config) => perMinute(UNPROVEN_DEVICES * config.RATE_LIMIT_DEVICE_PER_MINUTE),
  keyHealth: (config) => perMinute(config.KEY_HEALTH_PER_VAULT_PER_MINUTE),
  tenantLookups: () => perMinute(TENANT_LOOKUPS_PER_MINUTE),
} satisfies Record<string, (config: Rates) => { tokensPerSecond: number; burst: number }>;

export const createLimit = (name: keyof typeof RATES, config: Rates, now: Clock): RateLimit =>
  createRateLimit({ ...RATES[name](config), now });
