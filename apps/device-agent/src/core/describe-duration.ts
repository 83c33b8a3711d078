import { endOfLease, type HeldLease } from "./lease-state.ts";

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** The two largest units that count: `2 d 3 h`, `14 min 30 s`, `0 s`. */
export function describeDuration(totalSeconds: number): string {
  let left = Math.max(0, Math.round(totalSeconds));
  const parts: string[] = [];
  for (const [name, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${String(count)} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

export const causeOf = ({ code, reason }: NonNullable<HeldLease["hindered"]>): string =>
  reason === undefined || reason === "" ? code : `${code}: ${reason}`;

/** When the volume closes without an answer: `in 14 min 30 s`, or `at the next reboot`. */
export function describeLeaseEnd(lease: HeldLease, nowMs: number): string {
  const end = endOfLease(lease);
  return end.kind === "reboot"
    ? "at the next reboot"
    : `in ${describeDuration((end.atMs - nowMs) / 1000)}`;
}

/**
 * Longer than a renewal may take without an answer, or the broker answers without renewing: there
 * is a problem.
 */
export function isUnanswered(
  { answeredAtMs, ttlSeconds, hindered }: HeldLease,
  nowMs: number,
): boolean {
  return hindered !== undefined || nowMs - answeredAtMs > ttlSeconds * 1000;
}

/**
 * Describes an outage for the person at the appliance.
 *
 * @param nowIso - of the wall clock, for a time that people can compare; no decision depends on it.
 */
export function describeOutage(lease: HeldLease, nowMs: number, nowIso: string): string {
  const since = new Date(Date.parse(nowIso) - (nowMs - lease.answeredAtMs)).toISOString();
  const closes = `the volume closes ${describeLeaseEnd(lease, nowMs)} unless it`;
  const { hindered } = lease;
  return hindered === undefined
    ? `the broker has not answered since ${since}; ${closes} answers before`
    : `the broker answers, but has renewed no lease since ${since} (${causeOf(hindered)}); ${closes} grants one before`;
}
