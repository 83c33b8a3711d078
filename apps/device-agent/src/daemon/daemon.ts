import type { Facts } from "@databox-cmk/errors";

import type { Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { LeaseSession } from "../exchange/lease-exchange.ts";
import type { Journal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import type { eventOf } from "../node/event-of.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { NodeState } from "./node-state.ts";

/** The daemon's node, as its parts use it. */
export type Daemon = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly volume: Volume;
  readonly state: NodeState;
  readonly dependencies: CommandDependencies;
  readonly bootId: () => string;
  /** With the present boot, and the broker's keys that are pinned now. */
  readonly session: () => LeaseSession;
  /** Opened again for each use, since other commands write to it too. */
  readonly journal: () => Journal;
  /** Of an event; with values for the steps of a failure. */
  readonly context: () => ReturnType<typeof eventOf<"serve">> & { readonly known: Facts };
};
