import type { Explanation } from "../explain.ts";
import type { Facts, Who } from "../row.ts";
import type { ErrorCode } from "../table.ts";

export type CheckStatus = "passed" | "failed" | "not-reached";

/**
 * One line of a list of checks that are shown in this order; `after` names those without which it
 * says nothing.
 */
export type CheckRow<Name extends string = string> = {
  readonly name: Name;
  /** Two or three words for people. */
  readonly title: string;
  readonly after: readonly Name[];
};

export type NextStep = {
  readonly who: Who;
  readonly text: string;
  readonly command?: string | undefined;
};

export type CheckFailure = {
  readonly code: ErrorCode;
  readonly reason?: string | undefined;
  readonly facts?: Facts | undefined;
  readonly detail?: string | undefined;
  /** The next step, if the check knows a better one than the code's row. */
  readonly remedy?: NextStep | undefined;
};

/** `found`: one clause about the finding. */
export type Finding =
  | { readonly ok: true; readonly found?: string }
  | { readonly ok: false; readonly failure: CheckFailure };

export type Check = {
  readonly name: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly elapsedMs?: number | undefined;
  readonly found?: string;
  readonly error?: Pick<Explanation, "code" | "reason" | "class" | "who" | "message"> & {
    readonly detail?: string | undefined;
  };
};
