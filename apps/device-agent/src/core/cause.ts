import {
  AppError,
  type AppErrorOptions,
  type Finding,
  isErrorCode,
  knownReason,
  type NextStep,
} from "@databox-cmk/errors";
import type { JournalRow } from "@databox-cmk/protocol";

import type { EventStep, FailureEvent } from "./agent-event.ts";
import { describeDuration, describeOutage, isUnanswered } from "./describe-duration.ts";
import { type ErrorContext, eventOfClosing, eventOfDenial, eventOfError } from "./failure-event.ts";
import { isUnlocked, type MachineState } from "./machine-state.ts";
import type { Moment } from "./moment.ts";
import { describeWaiting, type WaitingView } from "./waiting-request.ts";

/** Everything that this node knows about its volume without asking anyone. */
export type CauseFacts = {
  readonly state: Pick<MachineState, "lock" | "refusal">;
  /** Of the journal, newest last. */
  readonly rows: readonly Pick<JournalRow, "event" | "at" | "facts">[];
  readonly waiting: WaitingView | undefined;
  /** `iso` of the wall clock, for a time that people can compare. */
  readonly now: Moment & { readonly iso: string };
};

/** Why the volume is closed or will close, who must act, and the steps. */
export type Cause = FailureEvent & { readonly at: string };

/** The rows of an unlock or of its end: until an unlock succeeds, the newest is what is known. */
const EVENTS: ReadonlySet<string> = new Set([
  "unlocked",
  "unlock-denied",
  "unlock-failed",
  "grant-unused",
  "relocked",
]);

const CLOSING =
  "the decision to close the volume is final; it is still open, since it is in use, and databox-agent serve tries again each second";

/** A rejected answer hides no decision before it, since anyone can bring one. */
function lastUnlockOf(rows: CauseFacts["rows"]) {
  const last = rows.findLast(({ event }) => EVENTS.has(event));
  if (last !== undefined && last.event !== "unlocked") return last;
  return (
    rows
      .slice(last === undefined ? 0 : rows.lastIndexOf(last) + 1)
      .findLast(({ event }) => event === "answer-rejected") ?? last
  );
}

/**
 * Decides why the volume is closed or will be closed: `status`, `doctor`, `journal`, the
 * appliance's page and the failure of an unlock say the same. Undefined if nothing hinders, as far
 * as this node knows; a boot closes a volume, but hinders no unlock.
 */
export function decideCause(
  { state, rows, waiting, now }: CauseFacts,
  context: ErrorContext,
): Cause | undefined {
  const { lock, refusal } = state;
  const lease = lock.kind === "unlocked" && isUnlocked(state, now.bootId) ? lock.lease : undefined;
  if (lease?.closing !== undefined) {
    const closing = eventOfClosing(lease.closing, lease, refusal, context);
    return { ...fillable(closing), at: now.iso, detail: CLOSING };
  }
  if (lease !== undefined) {
    if (!isUnanswered(lease, now.bootMs)) return undefined;
    const { code, reason } = lease.hindered ?? { code: "BrokerUnreachable" };
    const silentMs = now.bootMs - lease.answeredAtMs;
    const at = new Date(Date.parse(now.iso) - silentMs).toISOString();
    const detail = describeOutage(lease, now.bootMs, now.iso);
    return causeOf(at, { code, reason, detail }, context);
  }
  if (waiting !== undefined) {
    const { id: approvalId, since } = waiting;
    const pending = { code: "ApprovalPending", detail: describeWaiting(waiting) };
    return causeOf(since, { ...pending, facts: { approvalId } }, context);
  }
  const last = lastUnlockOf(rows);
  if (last === undefined || last.event === "unlocked") return undefined;
  const { code, reason, cause, relocked } = last.facts;
  if (typeof code !== "string" || cause === "boot") return undefined;
  const { at } = last;
  const wasOpen = last.event === "relocked" || relocked === true ? (true as const) : undefined;
  // Only the broker's words have the names of the key.
  const words =
    refusal?.code === code
      ? { ...eventOfDenial(refusal, context), at }
      : causeOf(at, { code, reason: reason?.toString() }, context);
  return words && { ...words, relocked: wasOpen };
}

type Told = AppErrorOptions & { readonly code: string };

/** Undefined for a code of a newer version, whose words this node does not have. */
function causeOf(
  at: string,
  { code, reason, ...told }: Told,
  context: ErrorContext,
): Cause | undefined {
  if (!isErrorCode(code)) return undefined;
  const error = new AppError(code, { ...told, reason: knownReason(code, reason) });
  return { ...fillable(eventOfError(error, context)), at };
}

const HOLE = /<[a-zA-Z]+>/;
export const ASK_AGAIN = {
  text: "Ask again: the answer names the key and the steps",
  command: "databox-agent unlock",
} as const satisfies EventStep;

/** Without the names that only an answer has, the step is to get them. */
export function fillable(event: FailureEvent): FailureEvent {
  return HOLE.test(JSON.stringify([event.ask, event.steps]))
    ? { ...event, ask: ASK_AGAIN.text, steps: [ASK_AGAIN] }
    : event;
}

/** At a node, a step for another person is a request to that person. */
export function stepAtNode({ who, ask, steps }: Pick<Cause, "who" | "ask" | "steps">): NextStep {
  const [step] = steps;
  if (step === ASK_AGAIN) return { who: "site-operator", ...ASK_AGAIN };
  return { who, ...(who === "site-operator" && step !== undefined ? step : { text: ask }) };
}

const FINAL: ReadonlySet<string> = new Set(["refused", "invalid", "internal"]);

/** Whether another attempt without an action ends in the same way. */
export const isFinal = (cause: Cause | undefined): cause is Cause =>
  cause !== undefined && FINAL.has(cause.class);

/** The finding of `doctor` about the last unlock. @param rows - newest last */
export function judgeLastUnlock(
  rows: CauseFacts["rows"],
  cause: Cause | undefined,
  nowMs: number,
): Finding {
  const last = lastUnlockOf(rows);
  if (last === undefined) return { ok: true, found: "none yet" };
  const ago = `${describeDuration((nowMs - Date.parse(last.at)) / 1000)} ago`;
  const { event, facts } = last;
  if (event === "unlocked") return { ok: true, found: `unlocked ${ago}` };
  const isClosed = event === "relocked";
  if (!isFinal(cause))
    return {
      ok: true,
      found: `${isClosed ? "closed" : "not answered by a key"} ${ago} (${String(facts["code"] ?? facts["cause"])})`,
    };
  const by = facts["cause"] === "order" ? " by the broker's order" : "";
  const attempt = cause.class === "refused" ? "refused" : "failed";
  const how = isClosed ? `the open volume was closed${by}` : attempt;
  // A newer broker's code has no row in this agent's table: the event has it, and the detail here.
  const code = isErrorCode(cause.code) ? cause.code : "LeaseInvalid";
  const told = code === cause.code ? how : `${how} (${cause.code})`;
  return {
    ok: false,
    failure: {
      code,
      reason: knownReason(code, cause.reason),
      detail: `${told} ${ago}; databox-agent unlock asks again`,
    },
  };
}
