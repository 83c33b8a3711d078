import { Notice } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import type { decideCampaign } from "../core/campaign-form.ts";
import { useTexts } from "../texts/texts.ts";

/** Whether the form's campaign can start. */
export function CampaignVerdict({
  decided,
}: {
  readonly decided: ReturnType<typeof decideCampaign>;
}): ReactElement {
  const words = useTexts().operator.campaigns;
  return (
    <Notice intent={decided.ok ? "info" : "warning"}>
      {decided.ok ? words.dryFirst : words.missing[decided.problem]}
    </Notice>
  );
}
