import { LoadingState } from "@databox-cmk/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { ProblemPanel } from "./problem-panel.tsx";

/**
 * The explanation of a query or change that failed. An unnamed error is a bug and goes to the
 * page's error boundary.
 */
export function QueryProblem({
  error,
  onTryAgain,
}: {
  readonly error: Error | null;
  readonly onTryAgain?: () => void;
}): ReactElement | null {
  if (error === null) return null;
  if (!(error instanceof ProblemError)) throw error;
  return <ProblemPanel problem={error.problem} onTryAgain={onTryAgain} />;
}

/** The place of data that is being read, or why it could not be read. */
export function QueryState({
  of: { isPending, error, refetch },
}: {
  readonly of: Pick<UseQueryResult, "isPending" | "error" | "refetch">;
}): ReactElement {
  return (
    <>
      {isPending && <LoadingState />}
      <QueryProblem error={error} onTryAgain={() => void refetch()} />
    </>
  );
}
