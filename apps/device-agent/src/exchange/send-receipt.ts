import { messageHash, signMessage } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Receipt } from "@databox-cmk/protocol";

import { readAcknowledgement } from "../answers/signed-answer.ts";
import type { Session } from "./session.ts";

export type ReceiptContent = Pick<
  Receipt,
  "grantHash" | "journalHead" | "outcome" | "code" | "extensions"
>;

/**
 * Reports the outcome of a grant to the broker.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`
 */
export async function sendReceipt(
  session: Omit<Session, "store">,
  content: ReceiptContent & Pick<Receipt, "counter">,
): Promise<ReturnType<typeof readAcknowledgement>> {
  const payload: Receipt = {
    ...content,
    order: session.order,
    serial: session.serial,
    bootId: session.bootId,
  };
  const jws = await signMessage(session.signingKey, MESSAGE_TYPES.receipt, payload);
  const raw = await session.transport.post(
    DEVICE_ROUTES.receipts,
    JOSE_MEDIA_TYPE,
    jws,
    session.deadline,
  );
  session.mark("receipt");
  return readAcknowledgement(raw, { ...session, requestHash: messageHash(jws) });
}
