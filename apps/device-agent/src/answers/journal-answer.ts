import { journalHead, MESSAGE_TYPES, parseWith } from "@databox-cmk/protocol";
import type { Denial, JournalHead } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import { unreachable } from "../broker-client/unreachable.ts";
import { claimedType, verifiedDenial, verifiedPayload } from "./signed-answer.ts";
import type { ExpectedAnswer } from "./unlock-answer.ts";

export type JournalAnswer =
  | { readonly kind: "countersigned"; readonly head: JournalHead; readonly jws: string }
  | { readonly kind: "denial"; readonly denial: Denial };

/** @throws {AppError} `BrokerUnreachable` or `BrokerBusy` */
export function readJournalAnswer(answer: RawAnswer, expected: ExpectedAnswer): JournalAnswer {
  const { brokerKeys, requestHash } = expected;
  if (claimedType(answer) !== MESSAGE_TYPES.journalHead)
    return { kind: "denial", denial: verifiedDenial(answer, brokerKeys, requestHash) };
  const head = readJournalHead(answer.body, expected);
  if (head?.requestHash !== requestHash)
    throw unreachable("unsigned-answer", "a countersignature that is not for this journal");
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
