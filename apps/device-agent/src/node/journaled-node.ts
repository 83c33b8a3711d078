import type { JournalEvent } from "@databox-cmk/protocol";

import type { MachineState } from "../core/machine-state.ts";
import type { JournalFacts } from "../journal/journal-row.ts";
import { type Journal, openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "./dependencies.ts";
import type { PreparedNode } from "./hold-node.ts";

/** A node with its journal, which an unlock does not load before the broker is called. */
export type Node = PreparedNode & {
  readonly journal: Journal;
  /**
   * Adds a row to the journal, and then names it in the state, with the other changes of it.
   *
   * @returns the journal's head
   */
  readonly record: (
    event: JournalEvent,
    facts?: JournalFacts,
    change?: Partial<MachineState>,
  ) => string;
};

export function withJournal(
  { folder, settings, store, bootId }: PreparedNode,
  { nowIso }: Pick<CommandDependencies, "nowIso">,
): Node {
  const journal = openJournal(folder.journalPath, { bootId, nowIso });
  return {
    folder,
    settings,
    store,
    bootId,
    journal,
    record(event, facts, change) {
      const journalHead = journal.append(event, facts);
      store.update({ ...change, journalHead });
      return journalHead;
    },
  };
}
