import { Notice } from "@databox-cmk/ui";
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
      <Notice intent={decided.ok ? "info" : "warning"}>
        {decided.ok ? words.dryFirst : words.missing[decided.problem]}
      </Notice>
      {error !== null && <QueryProblem error={error} />}
    </>
  );
}
