import { ExplanationPanel } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { FailureError, SilenceError } from "../api/create-api.ts";
import { problemOfFailure } from "../core/problem-of-failure.ts";
import { useNode } from "../state/node-context.ts";
import { ConnectionBanner } from "./connection-banner.tsx";

/** The reason of a failed call. An unnamed error is a bug and goes to the page's error boundary. */
export function CallProblem({ error }: { readonly error: Error | null }): ReactElement | null {
  const { isLost } = useNode();
  if (error === null) return null;
  // If the whole connection is lost, the shell shows it.
  if (error instanceof SilenceError) return isLost ? null : <ConnectionBanner />;
  if (!(error instanceof FailureError)) throw error;
  return (
    <div role="alert">
      <ExplanationPanel problem={problemOfFailure(error.failure)} />
    </div>
  );
}
