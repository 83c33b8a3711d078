import { addressKey, createRateLimit } from "@databox-cmk/http";

import type { Clock } from "../core/ports.ts";
import { createLogNowAndThen } from "./log-now-and-then.ts";
import type { Log } from "./log.ts";

/** Enough to see the kind of an attack, and to find a single request of an honest stranger. */
const PER_ADDRESS = { burst: 60, tokensPerSecond: 0.1 };
/** Of all addresses together, in this process. */
const IN_SUM = { burst: 600, tokensPerSecond: 1 };

/**
 * Log lines for requests of unproven callers, which cost their senders nothing: a budget for each
 * address, and one for all. Refusals beyond it are counted in one line in ten seconds, and in the
 * metrics.
 */
export function createStrangerLines(
  log: Log,
  now: Clock,
): {
  /** @returns whether a refusal may have a line of its own */ admit(address: string): boolean;
} {
  const ofAddress = createRateLimit({ ...PER_ADDRESS, now });
  const ofAll = createRateLimit({ ...IN_SUM, now });
  const count = createLogNowAndThen(log, now, "refusals without a line");
  return {
    admit(address) {
      if (ofAddress(addressKey(address)) === undefined && ofAll("all") === undefined) return true;
      count({ address });
      return false;
    },
  };
}
