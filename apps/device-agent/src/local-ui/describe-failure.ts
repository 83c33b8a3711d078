import { ERRORS, type Facts, isErrorCode } from "@databox-cmk/errors";
import type { LocalFailure } from "@databox-cmk/protocol";

import type { FailureEvent } from "../core/agent-event.ts";
import { eventOfError } from "../core/failure-event.ts";

/** The same text as on the command line, without the members for programs. */
export function describeFailure(event: FailureEvent): LocalFailure {
  const { code, reason, who, title, message, ask, detail, relocked } = event;
  const { correlationId, vaultRequestId, retryAfterSeconds } = event;
  return {
    code,
    reason,
    class: event.class,
    who,
    title,
    message,
    ask,
    detail,
    steps: event.steps.map((step) => ({ ...step })),
    relocked,
    correlationId,
    vaultRequestId,
    retryAfterSeconds,
  };
}

/** @param known - for the placeholders of the steps */
export function describeError(error: unknown, known: Facts): LocalFailure {
  return describeFailure(eventOfError(error, { event: "serve", elapsedMs: 0, known }));
}

/**
 * A command's own failure as the answer: its text may be the broker's, for a code that this agent
 * does not know.
 */
export class LocalFailureAnswer extends Error {
  override readonly name = "LocalFailureAnswer";
  readonly event: FailureEvent;

  constructor(event: FailureEvent) {
    super(event.message);
    this.event = event;
  }

  get status(): number {
    const { code } = this.event;
    return isErrorCode(code) ? ERRORS[code].httpStatus : 409;
  }
}
