import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 3_600_000;
/** After so long a receiver has lost interest; the audit trail still tells what happened. */
const GIVE_UP_AFTER_MS = 3 * DAY_MS;

/** A receiver's answer to an event; without a status, the receiver did not answer. */
export type Delivery = {
  readonly status: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
};

export type DeliveryDecision =
  | { readonly kind: "delivered" }
  | { readonly kind: "given-up" }
  | { readonly kind: "retry"; readonly atMs: EpochMs };

/**
 * 2xx is taken; 410 says that there will never be a taker; all else is tried again with doubled
 * pauses, longer where the receiver asks for it.
 *
 * @param attempts - made before this one
 * @param random - 0 to 1: receivers that failed together are not tried together
 */
export function decideDelivery(
  delivery: Delivery,
  facts: {
    readonly attempts: number;
    readonly createdAtMs: EpochMs;
    readonly nowMs: EpochMs;
    readonly random: number;
  },
): DeliveryDecision {
  const { status, retryAfterSeconds = 0 } = delivery;
  if (status !== undefined && status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410 || facts.nowMs - facts.createdAtMs >= GIVE_UP_AFTER_MS)
    return { kind: "given-up" };
  const doubled = Math.min(FIRST_DELAY_MS * 2 ** Math.min(facts.attempts, 20), LONGEST_DELAY_MS);
  const asked = Math.min(retryAfterSeconds * 1000, LONGEST_DELAY_MS);
  const delayMs = Math.max(asked, Math.round(doubled * (0.75 + facts.random / 2)));
  return { kind: "retry", atMs: facts.nowMs + delayMs };
}
