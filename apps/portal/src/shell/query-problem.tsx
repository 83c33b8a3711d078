import { ExplanationPanel } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { useTexts } from "../texts/texts.ts";

/** The explanation of a failed query or change. What nobody named is a bug: it goes on to the page's error boundary. */
export function QueryProblem({
  error,
  onTryAgain,
}: {
  readonly error: Error;
  readonly onTryAgain?: () => void;
}): ReactElement {
  const texts = useTexts();
  if (!(error instanceof ProblemError)) throw error;
  return (
    <ExplanationPanel
      problem={error.problem}
      {...(onTryAgain === undefined
        ? {}
        : { actions: <Button onClick={onTryAgain}>{texts.ui.tryAgain}</Button> })}
    />
  );
}
