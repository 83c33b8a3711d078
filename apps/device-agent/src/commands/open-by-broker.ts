import { zero } from "@databox-cmk/crypto";
import { AppError, toAppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { RawAnswer, Transport } from "../broker-client/transport.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { eventOfDenial } from "../core/failure-event.ts";
import type { HeldLease } from "../core/lease-state.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Opened, Opening, Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { openGrant } from "../exchange/open-grant.ts";
import type { OpenedGrant } from "../exchange/open-grant.ts";
import { requestContentKey } from "../exchange/request-content-key.ts";
import type { Session } from "../exchange/session.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { Journal } from "../journal/open-journal.ts";
import { bootClockMs } from "../state/boot-clock.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { createStateStore } from "../state/state-store.ts";
import { deliverReceipt } from "./deliver-receipt.ts";
import type { CommandDependencies } from "./dependencies.ts";
import { openSession, readHeldEnvelope } from "./open-node.ts";
import { roundToTenth } from "./stopwatch.ts";
import type { Stopwatch } from "./stopwatch.ts";

type Unlocking = {
  readonly folder: StateFolder;
  readonly volume: Volume;
  readonly session: Session;
  readonly journal: Journal;
  readonly stopwatch: Stopwatch;
  readonly dependencies: CommandDependencies;
};

/**
 * The unlock from the broker's challenge on.
 *
 * @param input.asked - the challenge, on its way.
 * @throws {AppError} every failure that the broker did not sign
 */
export async function openByBroker(input: {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly state: MachineState;
  readonly volume: Volume;
  readonly transport: Transport;
  readonly deadline: AbortSignal;
  readonly asked: Promise<RawAnswer>;
  readonly stopwatch: Stopwatch;
  readonly dependencies: CommandDependencies;
}): Promise<AgentEvent> {
  const { folder, settings, state, volume, transport, deadline, stopwatch, dependencies } = input;
  const store = createStateStore(folder, state);
  const { mark } = stopwatch;
  const session = openSession({ folder, settings, store, transport, deadline, mark });
  const { bootId } = session;
  const journal = openJournal(folder.journalPath, { bootId, nowIso: dependencies.nowIso });
  const unlocking: Unlocking = { folder, volume, session, journal, stopwatch, dependencies };
  try {
    return await askAndOpen(unlocking, input.asked);
  } catch (error) {
    const { code, reason = "" } = toAppError(error);
    journal.append("unlock-failed", { code, reason });
    throw error;
  }
}

async function askAndOpen(
  unlocking: Unlocking,
  challenged: Promise<RawAnswer>,
): Promise<AgentEvent> {
  const { folder, volume, session, journal, stopwatch, dependencies } = unlocking;
  const held = await readHeldEnvelope(folder, volume, session);
  const asked = requestContentKey(session, {
    purpose: "unlock",
    generation: held.generation,
    asked: challenged,
  });
  asked.catch(() => undefined); // awaited below; only so that a failing start of the opening is what is reported
  using opening = volume.beginOpening("use");
  const answer = await asked;
  const answeredAtMs = bootClockMs();
  if (answer.kind === "denial") return denied(unlocking, answer.denial);
  if (answer.kind === "pending") {
    const { retryAfterSeconds, correlationId } = answer.pending;
    throw new AppError("ApprovalPending", { facts: { retryAfterSeconds, correlationId } });
  }
  let grant: OpenedGrant;
  let opened: Opened;
  try {
    grant = await openGrant(session, answer, held);
    stopwatch.mark("unlockKey");
    opened = await offerAndZero(opening, grant.unlockKey);
  } catch (error) {
    const { code } = toAppError(error);
    const journalHead = journal.append("grant-unused", { code, grantHash: answer.grantHash });
    const content = { grantHash: answer.grantHash, journalHead, outcome: "failed", code } as const;
    await deliverReceipt(session, journal, content);
    throw error;
  }
  stopwatch.mark("accepted");
  const elapsedMs = roundToTenth(dependencies.elapsedMs());
  const { grantHash } = answer;
  const { lease } = answer.grant;
  const journalHead = await record(unlocking, opened, grant, { ...lease, grantHash, answeredAtMs });
  const notes = [
    ...(grant.envelope === held ? [] : await renewOnVolume(volume, grant.envelope.jws)),
    ...(await deliverReceipt(session, journal, { grantHash, journalHead, outcome: "unlocked" })),
  ];
  return {
    event: "unlock",
    node: session.serial,
    outcome: "unlocked",
    volume: volume.kind,
    ...opened,
    kid: answer.grant.kid,
    generation: grant.envelope.generation,
    correlationId: answer.grant.correlationId,
    elapsedMs,
    timings: stopwatch.timings(),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

async function offerAndZero(opening: Opening, unlockKey: Uint8Array): Promise<Opened> {
  try {
    return await opening.offer(unlockKey);
  } finally {
    zero(unlockKey);
  }
}

/** Durable before the broker is told. If it cannot be written, the volume is closed again: nothing is open unrecorded. */
async function record(
  { folder, volume, session, journal, dependencies }: Unlocking,
  opened: Opened,
  { envelope }: OpenedGrant,
  lease: HeldLease,
): Promise<string> {
  const { mapping } = opened;
  const { grantHash } = lease;
  try {
    if (envelope.jws !== folder.readEnvelope()) folder.writeEnvelope(envelope.jws);
    const { generation } = envelope;
    const journalHead = journal.append("unlocked", { grantHash, generation, proof: opened.proof });
    session.store.update({
      generation,
      journalHead,
      lock: {
        kind: "unlocked",
        since: dependencies.nowIso(),
        bootId: session.bootId,
        ...(mapping === undefined ? {} : { mapping }),
        lease,
      },
    });
    return journalHead;
  } catch (error) {
    await volume.close(mapping);
    throw error;
  }
}

/** The copy in the agent's folder is the one that is used; a volume that cannot take it is no reason to stay locked. */
async function renewOnVolume(volume: Volume, jws: string): Promise<readonly string[]> {
  try {
    await volume.storeEnvelope(jws);
    return [];
  } catch (error) {
    const { code } = toAppError(error);
    return [`the volume's own copy of the envelope could not be renewed (${code})`];
  }
}

/** A signed refusal also closes a volume that an earlier unlock of this boot left open. */
async function denied(unlocking: Unlocking, denial: Denial): Promise<AgentEvent> {
  const { volume, session, journal, stopwatch, dependencies } = unlocking;
  const { store, serial } = session;
  const { lock } = store.current;
  const relocked = denial.class === "refused" && isUnlocked(store.current, session.bootId);
  const journalHead = journal.append("unlock-denied", {
    code: denial.code,
    reason: denial.reason ?? "",
    correlationId: denial.correlationId,
    relocked,
  });
  if (relocked) {
    await volume.close(lock.kind === "unlocked" ? lock.mapping : undefined);
    store.update({ journalHead, lock: { kind: "locked", since: dependencies.nowIso() } });
  } else store.update({ journalHead });
  return eventOfDenial(denial, {
    event: "unlock",
    node: serial,
    volume: volume.kind,
    elapsedMs: roundToTenth(dependencies.elapsedMs()),
    timings: stopwatch.timings(),
    relocked,
  });
}
