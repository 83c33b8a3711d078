import { isFailure } from "./agent-event.ts";
import type { AgentEvent, FailureEvent } from "./agent-event.ts";
import type { WaitingView } from "./waiting-request.ts";

/** An unlock that approvers have not decided about yet. */
export type PendingEvent = FailureEvent & { readonly approval: WaitingView };

export type WaitingStep =
  /** Granted, refused, or wrong in itself: the wait is over. */
  | { readonly kind: "decided"; readonly event: AgentEvent }
  | { readonly kind: "waits"; readonly pending: PendingEvent }
  /** Another command of this node is at work, for a moment. */
  | { readonly kind: "busy" }
  /** Nobody with authority has said anything about the request: it waits on. */
  | { readonly kind: "no-word"; readonly failure: FailureEvent };

export function isPending(event: AgentEvent): event is PendingEvent {
  return isFailure(event) && event.approval !== undefined;
}

/** What an answer means to somebody who waits. */
export function decideWaitingStep(event: AgentEvent): WaitingStep {
  if (!isFailure(event)) return { kind: "decided", event };
  if (isPending(event)) return { kind: "waits", pending: event };
  if (event.code === "AgentBusy") return { kind: "busy" };
  switch (event.class) {
    case "unreachable":
    case "internal":
    case "pending":
      return { kind: "no-word", failure: event };
    case "refused":
    case "invalid":
      return { kind: "decided", event };
  }
}

const SLOWER = 1.5;
const SELDOM_SECONDS = 30;
/** Whoever stands on the way can ask for more, without a signature. */
const LONGEST_SECONDS = 60;
const DEFAULT_SECONDS = 5;

/** By and by more seldom. @param asked - how often it was asked since the wait began, or since there was news */
export function secondsToNextAsk(retryAfterSeconds: number | undefined, asked: number): number {
  const wanted = Math.max(1, retryAfterSeconds ?? DEFAULT_SECONDS);
  const slower = Math.min(SELDOM_SECONDS, wanted * SLOWER ** Math.min(asked, 20));
  return Math.min(LONGEST_SECONDS, Math.max(wanted, slower));
}
