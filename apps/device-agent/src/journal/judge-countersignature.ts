import { journalHead, MESSAGE_TYPES, parseWith } from "@databox-cmk/protocol";
import type { JournalHead, JournalRow } from "@databox-cmk/protocol";

import { type ExpectedAnswer, verifiedPayload } from "../answers/signed-answer.ts";

export type Countersignature =
  | { readonly kind: "none" }
  /**
   * Signed by none of the pinned keys: after a rotation the next delivery brings a new
   * countersignature.
   */
  | { readonly kind: "unknown-key" }
  | { readonly kind: "proven"; readonly sequence: number; readonly receivedAt: string }
  | { readonly kind: "broken"; readonly what: string };

/** Whether these rows are those that the broker accepted, up to the last one that it signed. */
export function judgeCountersignature(
  rows: readonly JournalRow[],
  kept: string | undefined,
  expected: Omit<ExpectedAnswer, "requestHash">,
): Countersignature {
  if (kept === undefined) return { kind: "none" };
  const head = readJournalHead(kept, expected);
  if (head === undefined) return { kind: "unknown-key" };
  const { sequence, hash, receivedAt } = head;
  const row = rows[sequence - 1];
  if (row === undefined)
    return {
      kind: "broken",
      what: `row ${String(sequence)}, which the broker countersigned, is missing`,
    };
  if (row.hash !== hash)
    return {
      kind: "broken",
      what: `row ${String(sequence)} is not the one that the broker countersigned`,
    };
  return { kind: "proven", sequence, receivedAt };
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
