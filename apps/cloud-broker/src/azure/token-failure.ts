import type { Failure } from "../core/ports.ts";

/** A token request failed; thrown through the SDKs, which pass it on unchanged. */
export class TokenFailure extends Error {
  override readonly name = "TokenFailure";
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.code, { cause });
    this.failure = failure;
  }
}
