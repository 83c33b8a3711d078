import { ExplanationPanel, type Problem } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterLink } from "./router-link.tsx";

/** A problem on a page, with a link to the explanation of its code. */
export function ProblemPanel({
  problem,
  onTryAgain,
  actions,
  isStepFolded,
}: {
  readonly problem: Problem;
  readonly onTryAgain?: () => void;
  readonly actions?: ReactNode;
  /** The steps by hand are folded: one of the actions takes them. */
  readonly isStepFolded?: boolean;
}): ReactElement {
  const texts = useTexts();
  return (
    <ExplanationPanel
      problem={problem}
      isStepFolded={isStepFolded}
      actions={
        <>
          {actions}
          {onTryAgain !== undefined && <Button onClick={onTryAgain}>{texts.ui.tryAgain}</Button>}
          <RouterLink to="/troubleshooter" search={{ code: problem.code }}>
            {texts.troubleshooter.more}
          </RouterLink>
        </>
      }
    />
  );
}
