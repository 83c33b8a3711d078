import { toAppError } from "@databox-cmk/errors";

import { sendReceipt } from "../exchange/send-receipt.ts";
import type { ReceiptContent } from "../exchange/send-receipt.ts";
import type { Session } from "../exchange/session.ts";
import type { Journal } from "../journal/open-journal.ts";

/**
 * A receipt that cannot be delivered is journalled, and changes nothing about what it tells of.
 *
 * @returns notes for the person at the appliance
 */
export async function deliverReceipt(
  session: Session,
  journal: Journal,
  content: ReceiptContent,
): Promise<readonly string[]> {
  let code: string;
  try {
    const answer = await sendReceipt(session, content);
    if (answer.kind === "acknowledged") return [];
    ({ code } = answer.denial);
  } catch (error) {
    ({ code } = toAppError(error));
  }
  journal.append("receipt-undelivered", { code, grantHash: content.grantHash });
  return [`the receipt could not be delivered (${code}); it is in the journal`];
}
