import { toAppError } from "@databox-cmk/errors";

import { withReceipt } from "../core/waiting-receipt.ts";
import { sendReceipt } from "../exchange/send-receipt.ts";
import type { ReceiptContent } from "../exchange/send-receipt.ts";
import type { Session } from "../exchange/session.ts";
import type { Journal } from "../journal/open-journal.ts";

/**
 * An undeliverable receipt waits in the state, for the daemon to send; the reported result stays
 * the same.
 *
 * @returns notes for the person at the appliance
 */
export async function deliverReceipt(
  session: Session,
  journal: Journal,
  content: ReceiptContent,
): Promise<readonly string[]> {
  const { store } = session;
  const { grantHash, outcome, code: reported } = content;
  let code: string;
  let waits = false;
  try {
    const answer = await sendReceipt(session, { ...content, counter: store.nextCounter() });
    if (answer.kind === "answer") return [];
    ({ code } = answer.denial);
  } catch (error) {
    ({ code } = toAppError(error));
    waits = true;
  }
  const journalHead = journal.append("receipt-undelivered", { code, grantHash });
  if (!waits) return [`the receipt was not accepted (${code}); it is in the journal`];
  const receipt = {
    about: "grant",
    grantHash,
    outcome,
    code: reported,
  } as const;
  store.update({ journalHead, receipts: withReceipt(store.current.receipts, receipt) });
  return [`the receipt could not be delivered (${code}); databox-agent serve sends it later`];
}
