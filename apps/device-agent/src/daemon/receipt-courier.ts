import { toAppError } from "@databox-cmk/errors";

import { withoutReceipt } from "../core/waiting-receipt.ts";
import type { WaitingReceipt } from "../core/waiting-receipt.ts";
import { sendLeaseReceipt } from "../exchange/lease-exchange.ts";
import { sendReceipt } from "../exchange/send-receipt.ts";
import { takeNumber } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";

/**
 * Sends the receipts in the state, oldest first.
 *
 * @returns the time of the next call, in milliseconds
 */
export type ReceiptCourier = { deliver(stop: AbortSignal): Promise<number> };

const NOTHING_DUE_MS = 60_000;
const RETRY_MS = 2000;
const RETRY_MAX_MS = 60_000;
const EXCHANGE_TIMEOUT_MS = 5000;

export function createReceiptCourier({
  session,
  state,
}: Pick<Daemon, "session" | "state">): ReceiptCourier {
  let failures = 0;
  let nextAtMs = 0;

  async function send(receipt: WaitingReceipt, stop: AbortSignal): Promise<void> {
    const deadline = AbortSignal.any([stop, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
    const numbered = await takeNumber(state);
    // A signed denial ends it too: the broker knows the state of the lease or grant better than
    // this node.
    if (receipt.about === "lease") {
      const { about: _about, ...report } = receipt;
      await sendLeaseReceipt({ ...session(), deadline }, { ...report, ...numbered });
    } else {
      const { about: _about, ...content } = receipt;
      await sendReceipt({ ...session(), deadline }, { ...content, ...numbered });
    }
  }

  return {
    async deliver(stop) {
      const [next] = state.read().receipts ?? [];
      if (next === undefined) return NOTHING_DUE_MS;
      const waitMs = nextAtMs - performance.now();
      if (failures > 0 && waitMs > 0) return waitMs;
      try {
        await send(next, stop);
      } catch (error) {
        // An outage: the receipt waits; the journal has the events.
        const askedMs = Math.min(RETRY_MAX_MS / 2, askedSecondsOf(error) * 1000);
        const spanMs = Math.min(RETRY_MAX_MS - askedMs, RETRY_MS * 2 ** Math.min(failures, 5));
        failures += 1;
        const pauseMs = askedMs + Math.random() * spanMs;
        nextAtMs = performance.now() + pauseMs;
        return pauseMs;
      }
      failures = 0;
      await state.change((store) => {
        store.update({ receipts: withoutReceipt(store.current.receipts, next) });
      });
      return 0;
    },
  };
}

/** The delay that the answer requested (Retry-After); 0 without one. */
export function askedSecondsOf(error: unknown): number {
  const { retryAfterSeconds } = toAppError(error).facts;
  return typeof retryAfterSeconds === "number" ? retryAfterSeconds : 0;
}
