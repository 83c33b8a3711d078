import { toAppError } from "@databox-cmk/errors";

import { withReceipt } from "../core/waiting-receipt.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { type ReceiptContent, sendReceipt } from "../exchange/send-receipt.ts";
import type { Node } from "./journaled-node.ts";
import { recordAcknowledgement } from "./record-acknowledgement.ts";

/**
 * An undeliverable receipt waits in the state, for the daemon to send; the reported result stays
 * the same.
 *
 * @returns notes for the person at the appliance
 */
export async function deliverReceipt(
  { store, record, journal }: Pick<Node, "store" | "record" | "journal">,
  session: BrokerSession,
  content: ReceiptContent,
): Promise<readonly string[]> {
  const { grantHash, outcome, code: reported } = content;
  let code: string;
  let waits = false;
  try {
    const answer = await sendReceipt(session, { ...content, counter: store.nextCounter() });
    if (answer.kind === "answer") {
      recordAcknowledgement(journal, answer);
      return [];
    }
    ({ code } = answer.denial);
  } catch (error) {
    ({ code } = toAppError(error));
    waits = true;
  }
  const receipt = { about: "grant", grantHash, outcome, code: reported } as const;
  const change = waits ? { receipts: withReceipt(store.current.receipts, receipt) } : {};
  record("receipt-undelivered", { code, grantHash }, change);
  return waits
    ? [`the receipt could not be delivered (${code}); databox-agent serve sends it later`]
    : [`the receipt was not accepted (${code}); it is in the journal`];
}
