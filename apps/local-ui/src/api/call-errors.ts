import type { LocalFailure } from "@databox-cmk/protocol";

/** The appliance said why it did not do what was asked. */
export class FailureError extends Error {
  readonly failure: LocalFailure;

  constructor(failure: LocalFailure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}

/** No answer of the appliance came. */
export class SilenceError extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "SilenceError";
  }
}
