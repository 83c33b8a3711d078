import { setTimeout as wait } from "node:timers/promises";

import { AppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES, journalHead, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { JournalDelivery, JournalHead } from "@databox-cmk/protocol";

import { nextPage } from "../core/journal-page.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { exchange } from "../exchange/exchange.ts";
import { judgeCountersignature } from "../journal/judge-countersignature.ts";
import { lastSequence } from "../journal/open-journal.ts";
import { readJournal } from "../journal/verify-journal.ts";
import type { PreparedNode } from "../node/hold-node.ts";

const BUSY_MAX = 3;
const BUSY_WAIT_MS = 1000;

/**
 * Sends the rows that the broker does not have yet: no daemon will, once the node is erased. The
 * medium is overwritten by then, so neither a broken journal nor the broker ends the erasure.
 *
 * @returns how many rows the broker did not take
 */
export async function deliverJournal(
  { folder, store }: Pick<PreparedNode, "folder" | "store">,
  session: BrokerSession,
): Promise<number> {
  const newest = lastSequence(folder.journalPath);
  let delivered = 0;
  try {
    const { rows } = readJournal(folder.journalPath);
    const proof = judgeCountersignature(rows, folder.readJournalHead(), session);
    if (proof.kind === "proven") delivered = proof.sequence;
    let busy = 0;
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
      if (answer.kind === "denial") {
        busy += 1;
        if (answer.denial.class !== "unreachable" || busy > BUSY_MAX) break;
        await wait(BUSY_WAIT_MS);
        continue;
      }
      folder.writeJournalHead(answer.jws);
      delivered = last.sequence;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return newest - delivered;
}
