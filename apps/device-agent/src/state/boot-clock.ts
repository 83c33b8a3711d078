import { uptime } from "node:os";

/**
 * Milliseconds since this boot, counted through suspend (CLOCK_BOOTTIME); the same for every
 * process.
 */
export function bootClockMs(): number {
  return Math.round(uptime() * 1000);
}
