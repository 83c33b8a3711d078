import type { LocalFailure } from "@databox-cmk/protocol";

/** A failure that the appliance named. */
export class FailureError extends Error {
  readonly failure: LocalFailure;

  constructor(failure: LocalFailure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}

/** The appliance did not answer. */
export class SilenceError extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "SilenceError";
  }
}
