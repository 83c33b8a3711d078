import type { Problem } from "@databox-cmk/ui";

/** A failed call, in the form that a page shows. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly status: number;
  /** Further entries of `additionalInfo`, such as a signed denial. */
  readonly additionalInfo: readonly { readonly type: string; readonly info: unknown }[];

  constructor(
    problem: Problem,
    status = 0,
    additionalInfo: readonly { readonly type: string; readonly info: unknown }[] = [],
  ) {
    super(problem.message);
    this.name = "ProblemError";
    this.problem = problem;
    this.status = status;
    this.additionalInfo = additionalInfo;
  }
}

export const codeOf = (error: Error | null): string | undefined =>
  error instanceof ProblemError ? error.problem.code : undefined;

/** The service gave no authoritative answer: the same call may succeed later. */
export const isUnreachable = (error: Error | null): boolean =>
  error instanceof ProblemError && error.problem.class === "unreachable";
