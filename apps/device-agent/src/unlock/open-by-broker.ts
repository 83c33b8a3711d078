import { type ErrorClass, ERRORS, toAppError } from "@databox-cmk/errors";
import type { AskedPurpose, Denial } from "@databox-cmk/protocol";

import type { RawAnswer } from "../broker-client/transport.ts";
import type { AgentEvent, FailureEvent } from "../core/agent-event.ts";
import { eventOfDenial, knownFacts } from "../core/failure-event.ts";
import { holdLease } from "../core/lease-state.ts";
import type { Opened, Opening } from "../core/ports.ts";
import type { WaitingRequest } from "../core/waiting-request.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { type OpenedGrant, openGrant } from "../exchange/open-grant.ts";
import { requestContentKey } from "../exchange/request-content-key.ts";
import { deliverReceipt } from "../node/deliver-receipt.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import type { PreparedNode } from "../node/hold-node.ts";
import { type Node, withJournal } from "../node/journaled-node.ts";
import { openBrokerSession, readHeldEnvelope } from "../node/open-node.ts";
import { offerAndZero, recordDenial, recordUnlock, renewOnVolume } from "../node/record-unlock.ts";
import type { Unlocking } from "../node/record-unlock.ts";
import type { Stopwatch } from "../node/stopwatch.ts";
import { bootClockMs } from "../state/boot.ts";
import { destroyKeptLease } from "../state/offline-files.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

type UnlockingByNetwork = Unlocking & {
  readonly session: BrokerSession;
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
  input: Omit<UnlockingByNetwork, "session" | "node"> &
    Pick<BrokerSession, "transport" | "deadline"> & { readonly node: PreparedNode },
  question: Question,
): Promise<AgentEvent> {
  const { volume, transport, deadline, stopwatch, dependencies } = input;
  const node = withJournal(input.node, dependencies);
  const session = openBrokerSession(node, transport, deadline, stopwatch.mark);
  try {
    return await askAndOpen({ node, volume, session, stopwatch, dependencies }, question);
  } catch (error) {
    noteFailure(node, question.kept, error);
    throw error;
  }
}

/** For `status`, `doctor` and the page; a request that waits is sent again by itself. */
export function noteFailure(
  { journal }: Pick<Node, "journal">,
  kept: WaitingRequest | undefined,
  error: unknown,
): void {
  const { code, reason = "" } = toAppError(error);
  if (kept === undefined || FINAL.has(ERRORS[code].class))
    journal.append("unlock-failed", { code, reason });
}

async function askAndOpen(unlocking: UnlockingByNetwork, question: Question): Promise<AgentEvent> {
  const { node, volume, session, stopwatch, dependencies } = unlocking;
  const { folder, settings, journal } = node;
  const held = await readHeldEnvelope(folder, volume, session);
  const asked = requestContentKey(session, {
    generation: held.generation,
    ...question,
  });
  // Awaited below; this only ensures that a failure to start the opening is reported.
  asked.catch(() => undefined);
  using openings = new DisposableStack();
  const begin = () => openings.use(volume.beginOpening("use", headerMemoryOf(node.store)));
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
  if (answer.kind === "denial") return await denied(unlocking, question, answer.denial);
  if (answer.kind === "pending") {
    const { keepRequest } = await import("../approval/keep-request.ts");
    return await keepRequest(unlocking, answer, question);
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
    await deliverReceipt(node, session, content);
    throw error;
  }
  stopwatch.mark("accepted");
  const common = eventOf("unlock", settings, dependencies);
  const { grantHash } = answer;
  const { lease } = answer.grant;
  const heldLease = holdLease(lease, grantHash, answeredAtMs);
  const journalHead = await recordUnlock(unlocking, opened, grant, heldLease);
  destroyKeptLease(folder.path); // Of an older answer: the newest decision applies.
  const notes = notesOf(
    grant.envelope !== held && (await renewOnVolume(volume, grant.envelope.jws)),
    await deliverReceipt(node, session, { grantHash, journalHead, outcome: "unlocked" }),
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
  const { node, stopwatch, dependencies } = unlocking;
  const timings = stopwatch.timings();
  const isFinal = FINAL.has(denial.class);
  if (kept !== undefined && !isFinal)
    return eventOfDenial(denial, {
      ...eventOf("unlock", node.settings, dependencies),
      known: knownFacts(dependencies.stateDir, node.settings),
      timings,
    });
  const event = await recordDenial(unlocking, denial, { event: "unlock", timings });
  if (isFinal) destroyWaitingRequest(node.folder.path);
  return event;
}
