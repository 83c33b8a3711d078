import { journalHead, MESSAGE_TYPES, parseWith } from "@databox-cmk/protocol";
import type { JournalHead } from "@databox-cmk/protocol";

import { verifiedPayload } from "./signed-answer.ts";
import type { ExpectedAnswer } from "./signed-answer.ts";

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
