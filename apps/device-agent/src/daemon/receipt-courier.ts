import type { Acknowledgement } from "@databox-cmk/protocol";

import type { Answered } from "../answers/signed-answer.ts";
import { type WaitingReceipt, withoutReceipt } from "../core/waiting-receipt.ts";
import { sendLeaseReceipt } from "../exchange/lease-exchange.ts";
import { sendReceipt } from "../exchange/send-receipt.ts";
import { recordAcknowledgement } from "../node/record-acknowledgement.ts";
import { type Daemon, takeNumber } from "./daemon.ts";
import { askedSecondsOf, createRetry } from "./retry.ts";

/**
 * Sends the receipts in the state, oldest first.
 *
 * @returns the time of the next call, in milliseconds
 */
export type ReceiptCourier = { deliver(stop: AbortSignal): Promise<number> };

const NOTHING_DUE_MS = 60_000;
const RETRY = { firstMs: 2000, maxMs: 60_000 };
const EXCHANGE_TIMEOUT_MS = 5000;

export function createReceiptCourier({ session, state, journal }: Daemon): ReceiptCourier {
  const retry = createRetry();

  async function send(
    receipt: WaitingReceipt,
    stop: AbortSignal,
  ): Promise<Answered<Acknowledgement>> {
    const deadline = AbortSignal.any([stop, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
    const numbered = await takeNumber(state);
    // A signed denial ends it too: the broker knows the state of the lease or grant better than
    // this node.
    if (receipt.about === "lease") {
      const { about: _about, ...report } = receipt;
      return sendLeaseReceipt(session(deadline), { ...report, ...numbered });
    }
    const { about: _about, ...content } = receipt;
    return sendReceipt(session(deadline), { ...content, ...numbered });
  }

  return {
    async deliver(stop) {
      const [next] = state.read().receipts ?? [];
      if (next === undefined) return NOTHING_DUE_MS;
      const waitMs = retry.waitMs();
      if (waitMs > 0) return waitMs;
      let answer: Answered<Acknowledgement>;
      try {
        answer = await send(next, stop);
      } catch (error) {
        // An outage: the receipt waits; the journal has the events.
        return retry.failed(RETRY, askedSecondsOf(error));
      }
      retry.ended();
      await state.change((store) => {
        recordAcknowledgement(journal(), answer);
        store.update({ receipts: withoutReceipt(store.current.receipts, next) });
      });
      return 0;
    },
  };
}
