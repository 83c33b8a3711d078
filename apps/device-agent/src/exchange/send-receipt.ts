import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Acknowledgement, Receipt } from "@databox-cmk/protocol";

import type { Answered } from "../answers/signed-answer.ts";
import type { BrokerSession } from "./broker-session.ts";
import { ACKNOWLEDGEMENT, type Content, exchange, type SigningSession } from "./exchange.ts";

export type ReceiptContent = Omit<Content<Receipt>, "counter">;

/**
 * Reports the outcome of a grant to the broker.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export async function sendReceipt(
  session: SigningSession & Pick<BrokerSession, "mark">,
  content: ReceiptContent & Pick<Receipt, "counter">,
): Promise<Answered<Acknowledgement>> {
  const [path, typ] = [DEVICE_ROUTES.receipts, MESSAGE_TYPES.receipt];
  const answer = await exchange<Receipt, Acknowledgement>(
    session,
    path,
    typ,
    content,
    ACKNOWLEDGEMENT,
  );
  session.mark("receipt");
  return answer;
}
