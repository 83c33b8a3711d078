import { zero } from "@databox-cmk/crypto";
import { isErrorCode, reasonOfMessage, toAppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { CommandName, FailureEvent, Timings } from "../core/agent-event.ts";
import { eventOfDenial, knownFacts } from "../core/failure-event.ts";
import type { HeldLease } from "../core/lease-state.ts";
import { isUnlocked, type MachineState } from "../core/machine-state.ts";
import type { Opened, Opening, Volume } from "../core/ports.ts";
import type { NodeIdentity } from "../exchange/broker-session.ts";
import type { OpenedGrant } from "../exchange/open-grant.ts";
import type { JournalFacts } from "../journal/journal-row.ts";
import { destroyKeptLease } from "../state/offline-files.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";
import type { NodeDependencies } from "./dependencies.ts";
import { eventOf } from "./event-of.ts";
import type { Node } from "./journaled-node.ts";

/** The changes of an unlock, for every channel of its answer. */
export type Unlocking = {
  readonly node: Node;
  readonly volume: Volume;
  readonly session: NodeIdentity;
  readonly dependencies: NodeDependencies;
};

export async function offerAndZero(opening: Opening, unlockKey: Uint8Array): Promise<Opened> {
  try {
    return await opening.offer(unlockKey);
  } finally {
    zero(unlockKey);
  }
}

/**
 * Durable before the broker is informed. If it cannot be written, the volume is closed again, so
 * that no opening is unrecorded.
 *
 * @param told - additional facts of the journal's row, and further changes of the state.
 * @returns the journal's head
 */
export async function recordUnlock(
  { node, volume, dependencies }: Pick<Unlocking, "node" | "volume" | "dependencies">,
  opened: Opened,
  { envelope }: Pick<OpenedGrant, "envelope">,
  lease: HeldLease,
  told: { readonly facts?: JournalFacts | undefined; readonly change?: Partial<MachineState> } = {},
): Promise<string> {
  const { folder, bootId } = node;
  const { mapping } = opened;
  const { grantHash } = lease;
  let journalHead: string;
  try {
    if (envelope.jws !== folder.readEnvelope()) folder.writeEnvelope(envelope.jws);
    const { generation } = envelope;
    const facts = { grantHash, generation, proof: opened.proof, ...told.facts };
    journalHead = node.record("unlocked", facts, {
      ...told.change,
      shareUnproven: undefined,
      refusal: undefined,
      generation,
      lock: { kind: "unlocked", since: dependencies.nowIso(), bootId, mapping, lease },
    });
  } catch (error) {
    await volume.close(mapping);
    throw error;
  }
  // A request that still waits is no longer needed, regardless of the answer that opened the
  // volume.
  destroyWaitingRequest(folder.path);
  return journalHead;
}

/**
 * The copy in the agent's folder is the one in use; a volume that cannot store it may still be
 * unlocked.
 */
export async function renewOnVolume(
  volume: Pick<Volume, "storeEnvelope">,
  jws: string,
): Promise<readonly string[]> {
  try {
    await volume.storeEnvelope(jws);
    return [];
  } catch (error) {
    const { code } = toAppError(error);
    return [`the volume's own copy of the envelope could not be renewed (${code})`];
  }
}

/**
 * A signed refusal also closes a volume that an earlier unlock or a person left open, and destroys
 * the means to open it again; before it is recorded, since a full disk must not keep the volume
 * open.
 */
export async function recordDenial(
  { node, volume, dependencies }: Pick<Unlocking, "node" | "volume" | "dependencies">,
  denial: Denial,
  context: { readonly event: CommandName; readonly timings?: Timings | undefined },
): Promise<FailureEvent> {
  const { folder, settings, store, record, bootId } = node;
  const { lock } = store.current;
  const isRefused = denial.class === "refused";
  if (isRefused) destroyKeptLease(folder.path);
  const isRecorded = lock.kind === "unlocked" && isUnlocked(store.current, bootId);
  const mapping = isRecorded ? lock.mapping : volume.mapped();
  const relocked = isRefused && (isRecorded || mapping !== undefined);
  if (relocked) await volume.close(mapping);
  const { code, message } = denial;
  const reason = denial.reason ?? (isErrorCode(code) ? reasonOfMessage(code, message) : undefined);
  const facts = {
    code,
    reason: reason ?? "",
    correlationId: denial.correlationId,
    relocked,
  };
  const since = dependencies.nowIso();
  record("unlock-denied", facts, {
    ...(isRefused ? { refusal: denial } : {}),
    ...(relocked ? { lock: { kind: "locked", since } } : {}),
  });
  const common = eventOf(context.event, settings, dependencies);
  const known = knownFacts(dependencies.stateDir, settings);
  return eventOfDenial(denial, { ...common, known, timings: context.timings, relocked });
}
