import type { Clock } from "../core/ports.ts";
import type { Log, LogFields } from "./log.ts";

const LOG_EVERY_MS = 10_000;

/**
 * For events that any caller can cause as often as it likes: one line in ten seconds at most, with
 * the number of events since the start.
 */
export function createLogNowAndThen(
  log: Log,
  now: Clock,
  event: string,
): (fields?: LogFields) => void {
  let count = 0;
  let loggedAtMs = -Infinity;
  return (fields = {}) => {
    count += 1;
    if (now() - loggedAtMs < LOG_EVERY_MS) return;
    loggedAtMs = now();
    log("warn", event, { ...fields, count });
  };
}
