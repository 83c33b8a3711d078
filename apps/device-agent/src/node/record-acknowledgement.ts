import { type Acknowledgement, auditHead } from "@databox-cmk/protocol";

import type { Answered } from "../answers/signed-answer.ts";
import type { Journal } from "../journal/open-journal.ts";

/**
 * Keeps the end of the order's audit chain that the broker named: the node's next signature covers
 * the journal, and so this statement. An older broker names none.
 */
export function recordAcknowledgement(journal: Journal, answer: Answered<Acknowledgement>): void {
  if (answer.kind !== "answer") return;
  const head = auditHead.safeParse(answer.value.extensions?.["auditHead"]);
  if (!head.success) return;
  const { sequence, hash } = head.data;
  journal.append("acknowledged", { auditSequence: sequence, auditHash: hash });
}
