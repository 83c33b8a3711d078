import { describeDuration } from "./describe-duration.ts";
import { endOfLease } from "./lease-state.ts";
import type { HeldLease } from "./lease-state.ts";

/** When the volume closes without an answer: `in 14 min 30 s`, or `at the next reboot`. */
export function describeLeaseEnd(lease: HeldLease, nowMs: number): string {
  const end = endOfLease(lease);
  return end.kind === "reboot"
    ? "at the next reboot"
    : `in ${describeDuration((end.atMs - nowMs) / 1000)}`;
}

/**
 * Longer than a renewal may take without an answer: there is a problem between here and the broker.
 */
export function isUnanswered({ answeredAtMs, ttlSeconds }: HeldLease, nowMs: number): boolean {
  return nowMs - answeredAtMs > ttlSeconds * 1000;
}

/**
 * Describes an outage for the person at the appliance.
 *
 * @param nowIso - of the wall clock, for a time that people can compare; no decision depends on it.
 */
export function describeOutage(lease: HeldLease, nowMs: number, nowIso: string): string {
  const since = new Date(Date.parse(nowIso) - (nowMs - lease.answeredAtMs)).toISOString();
  return `the broker has not answered since ${since}; the volume closes ${describeLeaseEnd(lease, nowMs)} unless it answers before`;
}
