import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import type { Commit, OneOrder, Work } from "./transactions.ts";

/** Rolls a transaction back because of a fact found in it; never shown. */
export class Withdrawn extends Error {
  override readonly name = "Withdrawn";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/**
 * Commits all of the work, or nothing; in the latter case returns the reason that the work threw as
 * `Withdrawn`.
 */
export async function commitUnlessWithdrawn(
  commit: Commit,
  work: Work<void>,
  how?: OneOrder<void>,
): Promise<Outcome<undefined>> {
  try {
    await commit(work, how);
    return { ok: true, value: undefined };
  } catch (error) {
    if (error instanceof Withdrawn) return failed(error.failure);
    throw error;
  }
}
