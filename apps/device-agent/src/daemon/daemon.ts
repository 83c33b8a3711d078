import { type Facts, toAppError } from "@databox-cmk/errors";

import type { Transport } from "../broker-client/transport.ts";
import { eventOfError } from "../core/failure-event.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Moment } from "../core/moment.ts";
import type { Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import type { SigningSession } from "../exchange/exchange.ts";
import type { Journal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import type { eventOf } from "../node/event-of.ts";
import { requirePrepared } from "../node/hold-node.ts";
import { waitForAgentLock } from "../state/agent-lock.ts";
import { createStateStore, type StateFolder, type StateStore } from "../state/state-folder.ts";

/** The daemon's node, as its parts use it. */
export type Daemon = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly volume: Volume;
  readonly state: NodeState;
  readonly report: CommandDependencies["report"];
  readonly nowIso: CommandDependencies["nowIso"];
  readonly moment: () => Moment;
  /**
   * One for each exchange, with the present boot and pinned keys.
   *
   * @param transport - of its own; otherwise the daemon's
   */
  readonly session: (
    deadline: AbortSignal,
    transport?: Transport,
  ) => SigningSession & Pick<BrokerSession, "mark">;
  /** Opened again for each use, since other commands write to it too. */
  readonly journal: () => Journal;
  /** The members of an event about this node, and the values for the steps of a failure. */
  readonly context: () => ReturnType<typeof eventOf<"serve">> & { readonly known: Facts };
};

/**
 * An unlock beside the daemon takes a second or two, with its network; a rekeying with slow
 * derivation takes a few more.
 */
const LOCK_WAIT_MS = 60_000;

/**
 * The state of a node that other commands change too: read again at each use, changed under the
 * lock only.
 */
export type NodeState = {
  read(): MachineState;
  change<Value>(work: (store: StateStore) => Value | Promise<Value>): Promise<Value>;
  /**
   * For a command that this process runs itself: it takes the lock by itself, and a lock only
   * excludes other processes.
   */
  runAlone<Value>(command: () => Promise<Value>): Promise<Value>;
};

export function createNodeState(folder: Pick<StateFolder, "path" | "writeState">): NodeState {
  const read = () => requirePrepared(folder.path).state;
  // The lock excludes other processes; within this one, changes run one after another.
  let last: Promise<unknown> = Promise.resolve();
  return {
    read,
    change(work) {
      const change = last.then(async () => {
        using held = new DisposableStack();
        held.use(await waitForAgentLock(folder.path, LOCK_WAIT_MS));
        return await work(createStateStore(folder, read()));
      });
      last = change.catch(() => undefined);
      return change;
    },
    runAlone(command) {
      const run = last.then(command);
      last = run.catch(() => undefined);
      return run;
    },
  };
}

/** Head of an empty journal. */
const NO_JOURNAL_HEAD = "A".repeat(43);

/** A counter that no message has carried, and the journal's head, as each report has them. */
export const takeNumber = (state: NodeState) =>
  state.change((store) => ({
    counter: store.nextCounter(),
    journalHead: store.current.journalHead ?? NO_JOURNAL_HEAD,
  }));

export type Unlocked = Extract<MachineState["lock"], { kind: "unlocked" }>;
/** The codes of a state that cannot be written. */
const UNWRITABLE: ReadonlySet<string> = new Set(["AgentStateUnwritable", "DiskFull"]);

/**
 * A full or read-only disk keeps no volume open. What closes it is decided again, until it can be
 * recorded.
 *
 * @param error - why it was not recorded
 * @param isMeant - whether the volume, as it is open now, is the one to close
 */
export async function closeUnrecorded(
  daemon: Pick<Daemon, "state" | "report" | "context"> & { readonly volume: Pick<Volume, "close"> },
  error: unknown,
  isMeant: (lock: Unlocked) => boolean,
): Promise<void> {
  if (!UNWRITABLE.has(toAppError(error).code)) return;
  const { state, volume, report, context } = daemon;
  const { lock } = state.read();
  if (lock.kind !== "unlocked" || !isMeant(lock)) return;
  await volume.close(lock.mapping).catch((failure: unknown) => {
    report(eventOfError(failure, context()));
  });
}
