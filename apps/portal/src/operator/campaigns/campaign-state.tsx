import type { CampaignView } from "@databox-cmk/protocol";
import { Badge } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../../texts/texts.ts";

const COLORS = {
  Running: "brand",
  Paused: "warning",
  Cancelled: "informative",
  Done: "success",
} as const satisfies Record<CampaignView["state"], string>;

/** State of a campaign; a dry run is marked. */
export function CampaignState({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const words = useTexts().operator.campaigns;
  const { state, progress, dryRun } = campaign;
  const hasFailures = state === "Done" && progress.failed > 0;
  return (
    <>
      <Badge appearance="tint" color={hasFailures ? "warning" : COLORS[state]}>
        {hasFailures ? words.doneWithFailures : words.states[state]}
      </Badge>
      {dryRun && (
        <>
          {" "}
          <Badge appearance="outline" color="informative">
            {words.dryRun}
          </Badge>
        </>
      )}
    </>
  );
}
