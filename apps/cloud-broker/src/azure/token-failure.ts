import type { Failure } from "../core/ports.ts";

/** A token could not be had; thrown through the SDKs, which pass it on as it is. */
export class TokenFailure extends Error {
  override readonly name = "TokenFailure";
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.code, { cause });
    this.failure = failure;
  }
}
