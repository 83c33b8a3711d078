import { AppError, ERRORS } from "@databox-cmk/errors";
import type { AskedPurpose } from "@databox-cmk/protocol";

import type { Transport } from "../broker-client/transport.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import type { UnlockOptions } from "../core/command.ts";
import type { Volume } from "../core/ports.ts";
import { isPending } from "../core/waiting-step.ts";
import { askForChallenge } from "../exchange/ask-for-challenge.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies, RunCommand, VolumeDependencies } from "../node/dependencies.ts";
import { holdNode } from "../node/hold-node.ts";
import { createStopwatch } from "../node/stopwatch.ts";
import type { reopenOffline } from "../offline/reopen.ts";
import { momentIn } from "../state/boot.ts";
import { hasKeptLease } from "../state/offline-files.ts";
import { destroyWaitingRequest, readWaitingRequest } from "../state/waiting-request-file.ts";
import { findVolume } from "../volume/choose-volume.ts";

export type AskOptions = {
  readonly reason: string | undefined;
  readonly purpose: AskedPurpose | undefined;
  /** Only with a request that waits already. */
  readonly goesOn: boolean;
  /** Time limit for the broker, in milliseconds. */
  readonly totalTimeoutMs: number;
};

export type UnlockDependencies = VolumeDependencies & Pick<CommandDependencies, "progress">;

/**
 * One request to the broker, and the consequences of its answer. The broker is called first: the
 * rest of the program, the one-time key and cryptsetup start while it does its part of the
 * handshake. A request that waits for approvers is sent again unchanged, and no other is made
 * meanwhile, since that would void its approvals.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function unlockOnce(
  { reason, purpose, goesOn, totalTimeoutMs }: AskOptions,
  dependencies: UnlockDependencies,
): Promise<AgentEvent> {
  const { nowIso, elapsedMs, cryptsetupFolders, progress } = dependencies;
  const stopwatch = createStopwatch(elapsedMs, progress);
  using node = await holdNode(dependencies);
  const { folder, settings, store, bootId } = node;
  const kept = readKept(folder.path, bootId);
  if (kept === undefined && goesOn)
    return (await import("../approval/end-request.ts")).endedByAnother(node, dependencies);
  if (kept !== undefined) {
    requireSameReason(kept.reason, reason);
    requireSamePurpose(kept.purpose ?? "unlock", purpose);
  }
  using resources = new DisposableStack();
  let volume: Volume;
  let transport: Transport;
  try {
    volume = findVolume(settings, cryptsetupFolders);
    transport = resources.use(connect(settings.connection, dependencies));
    if (store.current.rekey !== undefined) {
      const { finishBeforeUnlock } = await import("../rekey/finish-rekey.ts");
      await finishBeforeUnlock(node, volume, transport, { nowIso, totalTimeoutMs });
    }
  } catch (error) {
    const { withJournal } = await import("../node/journaled-node.ts");
    const { noteFailure } = await import("./open-by-broker.ts");
    noteFailure(withJournal(node, dependencies), kept, error);
    throw error;
  }
  const deadline = AbortSignal.timeout(totalTimeoutMs);
  const asked =
    kept === undefined
      ? askForChallenge({ transport, serial: settings.serial, deadline })
      : undefined;
  asked?.catch(() => undefined); // The code that awaits it reports it.
  stopwatch.mark("asked");
  try {
    if (asked !== undefined) await transport.dialled;
    const { openByBroker } = await import("./open-by-broker.ts");
    const event = await openByBroker(
      { node, volume, transport, deadline, stopwatch, dependencies },
      {
        asked,
        kept,
        reason: kept?.reason ?? reason,
        purpose: kept === undefined ? purpose : (kept.purpose ?? "unlock"),
      },
    );
    if (event.outcome !== "unreachable") return event;
    return (await reopen(node, volume, dependencies, event.code)) ?? event;
  } catch (error) {
    if (!(error instanceof AppError) || ERRORS[error.code].class !== "unreachable") throw error;
    const reopened = await reopen(node, volume, dependencies, error.code);
    if (reopened === undefined) throw error;
    return reopened;
  }
}

/** A boot ends a request, and its key with it. */
function readKept(folder: string, bootId: string) {
  const kept = readWaitingRequest(folder, momentIn(bootId));
  if (kept === undefined) destroyWaitingRequest(folder);
  return kept;
}

/** The approvers approve exactly the request that they were shown. */
function requireSameReason(kept: string | undefined, given: string | undefined): void {
  if (given === undefined || given === kept) return;
  throw otherWaits(
    "--reason",
    kept === undefined ? "without a reason" : `with the reason "${kept}"`,
  );
}

function requireSamePurpose(kept: AskedPurpose, given: AskedPurpose | undefined): void {
  if (given === undefined || given === kept) return;
  throw otherWaits("--purpose", `to ${kept}`);
}

const otherWaits = (option: string, what: string): AppError =>
  new AppError("Misuse", {
    detail: `${option}: a request ${what} is waiting; continue it with databox-agent unlock, or withdraw it with databox-agent unlock --cancel`,
  });

/** No authoritative answer: a lease that counts boots may open the volume once more. */
async function reopen(
  ...[node, ...rest]: Parameters<typeof reopenOffline>
): Promise<AgentEvent | undefined> {
  if (!hasKeptLease(node.folder.path)) return undefined;
  return (await import("../offline/reopen.ts")).reopenOffline(node, ...rest);
}

/**
 * Requests this node's key from the broker and opens the volume with it.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function unlock(
  { approval, reason, purpose }: UnlockOptions,
  dependencies: CommandDependencies,
  run: RunCommand,
): Promise<AgentEvent> {
  if (approval === "drop")
    return (await import("../approval/end-request.ts")).dropRequest(dependencies);
  const { totalTimeoutMs } = dependencies;
  const goesOn = approval === "go-on";
  const event = await unlockOnce({ reason, purpose, goesOn, totalTimeoutMs }, dependencies);
  if (approval !== "wait" || !isPending(event)) return event;
  const { waitAtTerminal } = await import("../approval/wait-for-approval.ts");
  return waitAtTerminal(event, dependencies, run);
}
