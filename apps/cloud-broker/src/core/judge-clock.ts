/**
 * By how much this process's clock is ahead of another one, in milliseconds; absent: not compared
 * lately.
 */
export type ClockOffsets = {
  /** Entra ID, Resource Manager and the vaults: the clocks that judge our assertions. */
  readonly azure?: number | undefined;
  /** PostgreSQL's server, which all replicas share. */
  readonly database?: number | undefined;
};

/**
 * Half of the time in which a challenge is good: a replica that is off by more refuses challenges
 * of the others. Entra ID allows five minutes.
 */
const CLOCK_ALLOWED_MS = 60_000;

/**
 * Azure's clock decides, because it also judges our assertions; the database's counts only while
 * Azure is silent. So a database with a wrong clock stops no replica that Azure agrees with.
 */
export function isClockOff({ azure, database }: ClockOffsets): boolean {
  return Math.abs(azure ?? database ?? 0) > CLOCK_ALLOWED_MS;
}
