import {
  type ErrorCode,
  explain,
  type ExplainedStep,
  type Facts,
  type Recoverable,
  type Who,
} from "@databox-cmk/errors";

/** A failure in the form in which a page shows it: never a bare "error". */
export type Problem = {
  readonly code: string;
  readonly reason?: string | undefined;
  readonly title: string;
  readonly message: string;
  /** One sentence for the person at the appliance. */
  readonly ask?: string;
  readonly class: string;
  readonly who: Who;
  readonly recoverable?: Recoverable | undefined;
  readonly steps: readonly ExplainedStep[];
  readonly requestId?: string | undefined;
};

/** The table's row of a code. */
export function problemOfCode(
  code: ErrorCode,
  options: { readonly reason?: string | undefined; readonly facts?: Facts | undefined } = {},
): Problem {
  const { httpStatus: _status, ask: _ask, ...problem } = explain(code, options);
  return problem;
}
