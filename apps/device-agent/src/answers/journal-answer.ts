import { journalHead, MESSAGE_TYPES, parseWith } from "@databox-cmk/protocol";
import type { JournalHead } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { claimedType, readDenial, verifiedAnswer, verifiedPayload } from "./signed-answer.ts";
import type { ExpectedAnswer, Refused } from "./signed-answer.ts";

export type JournalAnswer =
  | { readonly kind: "countersigned"; readonly head: JournalHead; readonly jws: string }
  | Refused;

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export function readJournalAnswer(answer: RawAnswer, expected: ExpectedAnswer): JournalAnswer {
  const typ = claimedType(answer);
  if (typ !== MESSAGE_TYPES.journalHead) return readDenial(answer, expected);
  const head = verifiedAnswer(answer, typ, journalHead, expected);
  return { kind: "countersigned", head, jws: answer.body };
}

/**
 * A countersigned head of this node; undefined for anything else, also for a signature by a key
 * that is no longer pinned.
 */
export function readJournalHead(
  jws: string,
  { order, serial, brokerKeys }: Omit<ExpectedAnswer, "requestHash">,
): JournalHead | undefined {
  const payload = verifiedPayload(jws, brokerKeys, MESSAGE_TYPES.journalHead);
  const parsed = parseWith(journalHead, payload);
  return parsed.ok && parsed.value.order === order && parsed.value.serial === serial
    ? parsed.value
    : undefined;
}
