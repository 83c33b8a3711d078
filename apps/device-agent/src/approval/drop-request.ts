import type { AgentEvent } from "../core/agent-event.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { readBootId } from "../state/boot-id.ts";
import { createStateStore } from "../state/state-store.ts";
import { waitForAgentLock } from "../state/wait-for-agent-lock.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";

/** Long enough for the daemon's request about a volume that a passkey opened. */
const LOCK_WAIT_MS = 6_000;

/**
 * Destroys the one-time key of the waiting request, so that it can no longer be granted. The broker
 * does not have to be reachable, and is not informed: there the request stays until it expires or
 * the node sends a new one.
 *
 * @throws {AppError} `AgentNotPrepared`, or of the state
 */
export async function dropRequest(dependencies: CommandDependencies): Promise<AgentEvent> {
  const { stateDir, nowIso, elapsedMs } = dependencies;
  const { folder, settings, state: seen } = requirePrepared(stateDir);
  using held = new DisposableStack();
  held.use(await waitForAgentLock(folder.path, LOCK_WAIT_MS));
  const hasWaited = destroyWaitingRequest(folder.path);
  if (hasWaited) {
    const bootId = readBootId(settings.bootIdFile);
    const journal = openJournal(folder.journalPath, { bootId, nowIso });
    const store = createStateStore(folder, folder.readState() ?? seen);
    store.update({ journalHead: journal.append("approval-dropped") });
  }
  return {
    event: "unlock",
    node: settings.serial,
    outcome: "cancelled",
    volume: settings.volume.kind,
    elapsedMs: roundToTenth(elapsedMs()),
    notes: [
      hasWaited
        ? "approvers still see the request until it expires or this node sends a new one; approving it has no effect"
        : "no request waited",
    ],
  };
}
