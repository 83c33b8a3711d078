import type { ReactElement } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { ProblemPanel } from "./problem-panel.tsx";

/** The explanation of a failed query or change. What nobody named is a bug: it goes on to the page's error boundary. */
export function QueryProblem({
  error,
  onTryAgain,
}: {
  readonly error: Error;
  readonly onTryAgain?: () => void;
}): ReactElement {
  if (!(error instanceof ProblemError)) throw error;
  return (
    <ProblemPanel problem={error.problem} {...(onTryAgain === undefined ? {} : { onTryAgain })} />
  );
}
