import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import type { Erasure } from "../core/erasure.ts";
import { eventOfDenial } from "../core/failure-event.ts";
import { askToErase } from "../exchange/erase.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { openNode, requirePrepared } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { openBrokerSession } from "../node/open-node.ts";
import { takeAgentLock, waitForAgentLock } from "../state/agent-lock.ts";
import { readErasure } from "../state/erasure-file.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { finishErasure, rememberMedium, requireOwnMedium } from "./finish-erasure.ts";

const TYPED_MAX_CHARACTERS = 64;

/**
 * Erases this node for good: keys, data, and everything by which it was a node of its order. It
 * ends in a certificate that the device key signs and the broker countersigns. An erasure that was
 * interrupted at any point is finished by the same command, or by the daemon's next start.
 *
 * @param options - `serial`: of this node, typed by a person
 * @throws {AppError} every failure that the broker did not send
 */
export async function erase(
  options: { readonly serial?: string | undefined },
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const { stateDir, credentialsFolder, readStandardInput } = dependencies;
  const begun = readErasure(stateDir);
  const node = begun ?? requirePrepared(stateDir, credentialsFolder).settings;
  const typed =
    options.serial ?? (await readStandardInput("this node's serial number, to erase it for good"));
  requireSerial(typed.trim(), node);
  using held = new DisposableStack();
  // A running daemon would use files that are being destroyed: it must be stopped first.
  held.use(takeAgentLock(stateDir, "daemon"));
  held.use(await waitForAgentLock(stateDir));
  const found = readErasure(stateDir);
  const begins = found === undefined ? await begin(dependencies) : found;
  return "step" in begins ? await finishErasure(begins, dependencies) : begins;
}

function requireSerial(
  typed: string,
  { serial, order }: { readonly serial: string; readonly order: string },
): void {
  if (typed === serial) return;
  throw new AppError("ErasureSerialMismatch", {
    detail: `"${typed.slice(0, TYPED_MAX_CHARACTERS)}" was typed, and this is ${serial}`,
    facts: { serial, orderId: order, orderName: order.split("/").at(-1) ?? "" },
  });
}

/** Destroys nothing: it ends with the mark, from which there is no way back. */
async function begin(
  dependencies: VolumeDependencies & Pick<CommandDependencies, "totalTimeoutMs">,
): Promise<Erasure | AgentEvent> {
  const { stateDir, credentialsFolder, cryptsetupFolders, nowIso, totalTimeoutMs } = dependencies;
  const { folder, settings, state } = requirePrepared(stateDir, credentialsFolder);
  const { order, serial } = settings;
  const volume = openVolume(settings.volume, serial, cryptsetupFolders);
  await requireOwnMedium(volume, state);
  using transport = connect(settings.connection);
  const node = withJournal(openNode(folder, settings, state), dependencies);
  const session = openBrokerSession(node, transport, AbortSignal.timeout(totalTimeoutMs));
  const answer = await askToErase(session);
  if (answer.kind === "denial")
    return eventOfDenial(answer.denial, eventOf("erase", settings, dependencies));
  const startedAt = nowIso();
  node.record("erasure-begun");
  const begun = { version: 1, step: "begun", order, serial, startedAt } as const;
  return { ...begun, medium: rememberMedium(folder, begun, volume.path) };
}
