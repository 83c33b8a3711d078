import { ExplanationPanel, type Problem, Notice } from "@databox-cmk/ui";
import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";

/**
 * A check that fails because a later step of the form is not done yet: the step, and the explanation
 * behind a heading.
 */
export function NextStep({
  step,
  problem,
  action,
}: {
  readonly step: "identity" | "access";
  readonly problem: Problem;
  /** The button that does the step, unless it is elsewhere on the page. */
  readonly action?: ReactNode;
}): ReactElement {
  const words = useTexts().preflight;
  return (
    <>
      <Notice intent="info" title={words.next[step].title} actions={action}>
        {words.next[step].text}
      </Notice>
      <Accordion collapsible>
        <AccordionItem value="why">
          <AccordionHeader size="small">{words.why}</AccordionHeader>
          <AccordionPanel>
            <ExplanationPanel problem={problem} />
          </AccordionPanel>
        </AccordionItem>
      </Accordion>
    </>
  );
}
