import type { ClosingCause } from "../core/lease-state.ts";
import type { Volume } from "../core/ports.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { NodeState } from "./node-state.ts";

export type Closing = {
  readonly lease: string;
  readonly cause: ClosingCause;
  readonly code: string;
  readonly reason: string;
};

export type ClosingDependencies = {
  readonly state: NodeState;
  readonly volume: Volume;
  readonly journalPath: string;
  readonly bootId: string;
  readonly nowIso: () => string;
};

/**
 * Decision, volume, journal, state, in this order: a crash between any two is finished by the next start, which finds the
 * decision. An unlock or lock that came first has made it pointless.
 *
 * @returns the journal's head, or undefined when the lease is not held any more
 */
export function closeVolume(
  { state, volume, journalPath, bootId, nowIso }: ClosingDependencies,
  { lease: id, cause, code, reason }: Closing,
): Promise<string | undefined> {
  return state.change(async (store) => {
    const { lock } = store.current;
    if (lock.kind !== "unlocked" || lock.lease?.id !== id) return undefined;
    if (lock.lease.closing === undefined)
      store.update({ lock: { ...lock, lease: { ...lock.lease, closing: cause } } });
    await volume.close(lock.mapping);
    // Opened anew: other commands write to it too.
    const journal = openJournal(journalPath, { bootId, nowIso });
    const journalHead = journal.append("relocked", { lease: id, cause, code, reason });
    store.update({ journalHead, lock: { kind: "locked", since: nowIso() } });
    return journalHead;
  });
}
