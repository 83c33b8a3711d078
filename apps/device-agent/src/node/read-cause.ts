import { type Cause, type CauseFacts, decideCause } from "../core/cause.ts";
import { knownFacts } from "../core/failure-event.ts";
import type { Settings } from "../core/settings.ts";
import { viewWaiting } from "../core/waiting-request.ts";
import { readNewestRows } from "../journal/open-journal.ts";
import { momentIn, readBootId } from "../state/boot.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readWaitingRequest } from "../state/waiting-request-file.ts";
import type { CommandDependencies } from "./dependencies.ts";
import { eventOf } from "./event-of.ts";

/** Reads the cause that keeps the volume closed. @throws {AppError} `AgentStateUnreadable` */
export function readCause(
  folder: StateFolder,
  settings: Settings,
  dependencies: Pick<CommandDependencies, "nowIso" | "elapsedMs">,
): Pick<CauseFacts, "rows" | "waiting"> & { readonly cause: Cause | undefined } {
  const rows = readNewestRows(folder.journalPath);
  const now = { ...momentIn(readBootId(settings.bootIdFile)), iso: dependencies.nowIso() };
  const kept = readWaitingRequest(folder.path, now);
  const waiting = kept && viewWaiting(kept, now);
  const state = folder.readState();
  const context = {
    ...eventOf("unlock", settings, dependencies),
    known: knownFacts(folder.path, settings),
  };
  const cause = state && decideCause({ state, rows, waiting, now }, context);
  return { rows, waiting, cause };
}
