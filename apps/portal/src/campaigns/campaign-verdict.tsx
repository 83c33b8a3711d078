import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import type { ReactElement } from "react";

import type { decideCampaign } from "../core/campaign-form.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** Whether the form's campaign can start, and why its start failed. */
export function CampaignVerdict({
  decided,
  error,
}: {
  readonly decided: ReturnType<typeof decideCampaign>;
  readonly error: Error | null;
}): ReactElement {
  const words = useTexts().operator.campaigns;
  return (
    <>
      <MessageBar intent={decided.ok ? "info" : "warning"} layout="multiline">
        <MessageBarBody>
          {decided.ok ? words.dryFirst : words.missing[decided.problem]}
        </MessageBarBody>
      </MessageBar>
      {error !== null && <QueryProblem error={error} />}
    </>
  );
}
