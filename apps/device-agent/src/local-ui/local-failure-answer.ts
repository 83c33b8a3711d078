import { ERRORS, isErrorCode } from "@databox-cmk/errors";

import type { FailureEvent } from "../core/agent-event.ts";

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
