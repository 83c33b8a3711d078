import { ERRORS, toAppError } from "@databox-cmk/errors";
import type { ErrorClass } from "@databox-cmk/errors";
import type { AskedPurpose, Denial } from "@databox-cmk/protocol";

import type { RawAnswer, Transport } from "../broker-client/transport.ts";
import type { AgentEvent, FailureEvent } from "../core/agent-event.ts";
import { eventOfDenial } from "../core/failure-event.ts";
import { holdLease } from "../core/lease-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Opened, Opening, Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { WaitingRequest } from "../core/waiting-request.ts";
import { openGrant } from "../exchange/open-grant.ts";
import type { OpenedGrant } from "../exchange/open-grant.ts";
import { requestContentKey } from "../exchange/request-content-key.ts";
import type { Session } from "../exchange/session.ts";
import { openJournal } from "../journal/open-journal.ts";
import { deliverReceipt } from "../node/deliver-receipt.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { openSession, readHeldEnvelope } from "../node/open-node.ts";
import { offerAndZero, recordDenial, recordUnlock, renewOnVolume } from "../node/record-unlock.ts";
import type { Unlocking } from "../node/record-unlock.ts";
import type { Stopwatch } from "../node/stopwatch.ts";
import { bootClockMs } from "../state/boot.ts";
import { destroyKeptLease } from "../state/offline-files.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { createStateStore } from "../state/state-store.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

type UnlockingByNetwork = Unlocking & {
  readonly settings: Settings;
  readonly session: Session;
  readonly stopwatch: Stopwatch;
};

/** The request: a new one, or a waiting one that is sent again unchanged. */
type Question = {
  /** The pending answer to the challenge. */
  readonly asked: Promise<RawAnswer> | undefined;
  readonly kept: WaitingRequest | undefined;
  readonly reason: string | undefined;
  readonly purpose: AskedPurpose | undefined;
};

/** Class of failures that a retry does not change. */
const FINAL: ReadonlySet<ErrorClass> = new Set(["refused", "invalid"]);

/**
 * The unlock from the broker's challenge on. A waiting request is sent repeatedly; an answer
 * without a decision adds no row to the journal.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function openByBroker(
  input: Question & {
    readonly folder: StateFolder;
    readonly settings: Settings;
    readonly state: MachineState;
    readonly volume: Volume;
    readonly transport: Transport;
    readonly deadline: AbortSignal;
    readonly stopwatch: Stopwatch;
    readonly dependencies: CommandDependencies;
  },
): Promise<AgentEvent> {
  const { folder, settings, state, volume, transport, deadline, stopwatch, dependencies } = input;
  const store = createStateStore(folder, state);
  const { mark } = stopwatch;
  const session = openSession({ folder, settings, store, transport, deadline, mark });
  const { bootId } = session;
  const journal = openJournal(folder.journalPath, { bootId, nowIso: dependencies.nowIso });
  const unlocking: UnlockingByNetwork = {
    folder,
    settings,
    volume,
    session,
    journal,
    stopwatch,
    dependencies,
  };
  try {
    return await askAndOpen(unlocking, input);
  } catch (error) {
    const { code, reason = "" } = toAppError(error);
    if (input.kept === undefined || FINAL.has(ERRORS[code].class))
      journal.append("unlock-failed", { code, reason });
    throw error;
  }
}

async function askAndOpen(unlocking: UnlockingByNetwork, question: Question): Promise<AgentEvent> {
  const { folder, volume, session, journal, stopwatch, dependencies } = unlocking;
  const held = await readHeldEnvelope(folder, volume, session);
  const asked = requestContentKey(session, {
    generation: held.generation,
    ...question,
  });
  // Awaited below; this only ensures that a failure to start the opening is reported.
  asked.catch(() => undefined);
  using openings = new DisposableStack();
  const begin = () => openings.use(volume.beginOpening("use", headerMemoryOf(session.store)));
  let begun: Opening | undefined;
  // Cryptsetup starts while the broker decides, but not for each poll of a waiting request, and not
  // before the challenge is sent: this process stands still for 3 ms for each process that it
  // starts.
  if (question.kept === undefined) {
    await session.transport.connected;
    begun = begin();
  }
  const answer = await asked;
  const answeredAtMs = bootClockMs();
  if (answer.kind === "denial") return denied(unlocking, question, answer.denial);
  if (answer.kind === "pending") {
    const { keepRequest } = await import("../approval/keep-request.ts");
    return keepRequest(unlocking, answer, question);
  }
  let grant: OpenedGrant;
  let opened: Opened;
  try {
    grant = await openGrant(session, answer, held);
    stopwatch.mark("unlockKey");
    opened = await offerAndZero(begun ?? begin(), grant.unlockKey);
  } catch (error) {
    const { code } = toAppError(error);
    const journalHead = journal.append("grant-unused", { code, grantHash: answer.grantHash });
    const content = { grantHash: answer.grantHash, journalHead, outcome: "failed", code } as const;
    await deliverReceipt(session, journal, content);
    throw error;
  }
  stopwatch.mark("accepted");
  const common = eventOf("unlock", unlocking.settings, dependencies);
  const { grantHash } = answer;
  const { lease } = answer.grant;
  const heldLease = holdLease(lease, grantHash, answeredAtMs);
  const journalHead = await recordUnlock(unlocking, opened, grant, heldLease);
  destroyKeptLease(folder.path); // Of an older answer: the newest decision applies.
  const notes = notesOf(
    grant.envelope !== held && (await renewOnVolume(volume, grant.envelope.jws)),
    await deliverReceipt(session, journal, { grantHash, journalHead, outcome: "unlocked" }),
  );
  return {
    ...common,
    outcome: "unlocked",
    ...opened,
    kid: answer.grant.kid,
    generation: grant.envelope.generation,
    correlationId: answer.grant.correlationId,
    timings: stopwatch.timings(),
    notes,
  };
}

async function denied(
  unlocking: UnlockingByNetwork,
  { kept }: Question,
  denial: Denial,
): Promise<FailureEvent> {
  const { folder, settings, stopwatch, dependencies } = unlocking;
  const timings = stopwatch.timings();
  const isFinal = FINAL.has(denial.class);
  if (kept !== undefined && !isFinal)
    return eventOfDenial(denial, { ...eventOf("unlock", settings, dependencies), timings });
  const event = await recordDenial(unlocking, denial, { event: "unlock", timings });
  if (isFinal) destroyWaitingRequest(folder.path);
  return event;
}
