import { CAMPAIGN_CALLS, type CampaignView } from "@databox-cmk/protocol";
import { EmptyState, Stack, Time } from "@databox-cmk/ui";
import { ProgressBar, Text, ToolbarButton } from "@fluentui/react-components";
import { AddRegular, ArrowSyncRegular } from "@fluentui/react-icons";
import { keepPreviousData } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { PersonName } from "../../people/person-name.tsx";
import { usePart } from "../../queries/use-part.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { OperatorPage } from "../../shell/page.tsx";
import { Pager } from "../../shell/pager.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { RouterLink } from "../../shell/router-link.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CampaignState } from "./campaign-state.tsx";

const LIVE_MS = 5_000;

/** Re-wraps of many orders, newest first. */
export function CampaignsPage(): ReactElement {
  const words = useTexts().operator.campaigns;
  const navigate = useNavigate();
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const campaigns = usePart(
    CAMPAIGN_CALLS.list,
    { params: {}, query: { $skipToken: position } },
    {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) =>
        state.data?.value.some((each) => each.state === "Running") === true ? LIVE_MS : false,
    },
  );
  const starterOf = ({ origin, createdBy }: CampaignView) =>
    origin === "automatic" ? words.automatic : <PersonName id={createdBy} />;
  return (
    <OperatorPage title={words.title} icon={<ArrowSyncRegular />}>
      <Stack gap="L">
        <CommandBar>
          <ToolbarButton
            icon={<AddRegular />}
            onClick={() => void navigate({ to: "/operator/campaigns/start" })}
          >
            {words.start}
          </ToolbarButton>
          <RefreshButton of={campaigns} />
        </CommandBar>
        <QueryState of={campaigns} />
        {campaigns.data?.value.length === 0 && (
          <EmptyState icon={<ArrowSyncRegular />} title={words.emptyTitle}>
            <Text>{words.empty}</Text>
          </EmptyState>
        )}
        {campaigns.data !== undefined && campaigns.data.value.length > 0 && (
          <DataTable
            label={words.title}
            size="medium"
            columns={[
              {
                heading: words.what,
                cell: (campaign) => (
                  <>
                    <RouterLink
                      to="/operator/campaigns/$campaignId"
                      params={{ campaignId: campaign.id }}
                    >
                      {campaign.description ?? words.actions[campaign.action.kind]}
                    </RouterLink>
                    <div>
                      <CampaignState campaign={campaign} />
                    </div>
                  </>
                ),
              },
              {
                heading: words.progress,
                cell: ({ progress }) => (
                  <>
                    <ProgressBar
                      aria-label={words.progress}
                      max={progress.total}
                      value={progress.done + progress.failed}
                      color={progress.failed > 0 ? "warning" : "brand"}
                    />
                    <Text size={200}>{words.counts(progress)}</Text>
                  </>
                ),
              },
              { heading: words.startedBy, isWide: true, cell: starterOf },
              {
                heading: words.startedAt,
                isWide: true,
                cell: ({ createdAt }) => <Time at={createdAt} />,
              },
            ]}
            rows={campaigns.data.value}
            keyOf={({ id }) => id}
          />
        )}
        <Pager of={campaigns} positions={positions} onMove={setPositions} />
      </Stack>
    </OperatorPage>
  );
}
