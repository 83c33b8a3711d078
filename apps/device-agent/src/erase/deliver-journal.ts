import { AppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES, journalHead, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { JournalDelivery, JournalHead } from "@databox-cmk/protocol";

import { nextPage } from "../core/journal-page.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { exchange } from "../exchange/exchange.ts";
import { judgeCountersignature } from "../journal/judge-countersignature.ts";
import { readJournal } from "../journal/verify-journal.ts";
import type { PreparedNode } from "../node/hold-node.ts";

/**
 * Sends the rows that the broker does not have yet: no daemon will, once the node is erased.
 *
 * @returns how many rows the broker did not take
 */
export async function deliverJournal(
  { folder, store }: Pick<PreparedNode, "folder" | "store">,
  session: BrokerSession,
): Promise<number> {
  const { rows } = readJournal(folder.journalPath);
  const proof = judgeCountersignature(rows, folder.readJournalHead(), session);
  let delivered = proof.kind === "proven" ? proof.sequence : 0;
  try {
    for (;;) {
      const page = nextPage(rows, delivered);
      const last = page.at(-1);
      if (last === undefined) break;
      const answer = await exchange<JournalDelivery, JournalHead>(
        session,
        DEVICE_ROUTES.journal,
        MESSAGE_TYPES.journal,
        { counter: store.nextCounter(), rows: [...page] },
        [MESSAGE_TYPES.journalHead, journalHead],
      );
      if (answer.kind === "denial") break;
      folder.writeJournalHead(answer.jws);
      delivered = last.sequence;
    }
  } catch (error) {
    // An erasure goes on without the broker.
    if (!(error instanceof AppError)) throw error;
  }
  return rows.length - delivered;
}
