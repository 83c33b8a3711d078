import type { ReactElement } from "react";

import { CopyButton } from "../copy-button.tsx";
import { useUiTexts } from "../texts/ui-texts-context.ts";
import { describeProblem } from "./describe-problem.ts";
import type { Problem } from "./problem.ts";

/** Copies a problem for the person who can solve it. @param page - the address with the buttons */
export function CopyProblem({
  problem,
  page,
}: {
  readonly problem: Problem;
  readonly page: string;
}): ReactElement {
  const texts = useUiTexts();
  return (
    <CopyButton label={texts.explanation.handOn} value={describeProblem(problem, page, texts)} />
  );
}
