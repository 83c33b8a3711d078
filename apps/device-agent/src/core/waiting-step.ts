import { type AgentEvent, type FailureEvent, isFailure } from "./agent-event.ts";
import type { WaitingView } from "./waiting-request.ts";

/** An unlock that still waits for approvers. */
export type PendingEvent = FailureEvent & { readonly approval: WaitingView };

export type WaitingStep =
  /** Granted, refused, or invalid: the wait has ended. */
  | { readonly kind: "decided"; readonly event: AgentEvent }
  | { readonly kind: "waits"; readonly pending: PendingEvent }
  /** Another command of this node is running, for a moment. */
  | { readonly kind: "busy" }
  /** There is no authoritative answer about the request: it keeps waiting. */
  | { readonly kind: "no-word"; readonly failure: FailureEvent };

export function isPending(event: AgentEvent): event is PendingEvent {
  return isFailure(event) && event.approval !== undefined;
}

/** The meaning of an answer for a person who waits. */
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
/** An attacker on the path can request a longer delay, since it is not signed. */
const LONGEST_SECONDS = 60;
const DEFAULT_SECONDS = 5;

/**
 * The interval grows.
 *
 * @param asked - number of requests since the wait began, or since the last news
 */
export function secondsToNextAsk(retryAfterSeconds: number | undefined, asked: number): number {
  const wanted = Math.max(1, retryAfterSeconds ?? DEFAULT_SECONDS);
  const slower = Math.min(SELDOM_SECONDS, wanted * SLOWER ** Math.min(asked, 20));
  return Math.min(LONGEST_SECONDS, Math.max(wanted, slower));
}
