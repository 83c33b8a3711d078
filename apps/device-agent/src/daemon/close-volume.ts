import { dirname } from "node:path";

import type { ClosingCause } from "../core/lease-state.ts";
import type { Volume } from "../core/ports.ts";
import { withReceipt } from "../core/waiting-receipt.ts";
import { openJournal } from "../journal/open-journal.ts";
import { destroyKeptLease } from "../state/offline-files.ts";
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

/** A lease that counts boots outlives a boot, and an outage; nothing else. */
const ENDS_FOR_GOOD: ReadonlySet<ClosingCause> = new Set(["order", "rollback"]);

/**
 * Decision, volume, journal, state, in this order: after a crash between any two, the next start
 * finds the decision and finishes the rest. An unlock or lock that came first has made it obsolete.
 *
 * @returns the journal's head, or undefined when the lease is no longer held
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
    if (ENDS_FOR_GOOD.has(cause)) destroyKeptLease(dirname(journalPath));
    await volume.close(lock.mapping);
    // Opened again, since other commands write to it too.
    const journal = openJournal(journalPath, { bootId, nowIso });
    const journalHead = journal.append("relocked", { lease: id, cause, code, reason });
    // The receipt is queued in the same write, so the broker will receive it in any case.
    const receipt = { about: "lease", lease: id, outcome: "relocked", cause } as const;
    const receipts = withReceipt(store.current.receipts, receipt);
    store.update({ journalHead, receipts, lock: { kind: "locked", since: nowIso() } });
    return journalHead;
  });
}
