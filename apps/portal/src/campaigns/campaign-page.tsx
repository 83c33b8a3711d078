import { LoadingState, Section } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { readCampaign } from "../api/campaigns.ts";
import { OperatorPage } from "../operator/operator-page.tsx";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { CampaignCommands } from "./campaign-commands.tsx";
import { CampaignFacts } from "./campaign-facts.tsx";
import { CampaignFailures } from "./campaign-failures.tsx";
import { CampaignOrders } from "./campaign-orders.tsx";
import { CampaignProgress } from "./campaign-progress.tsx";

const LIVE_MS = 1_000;
const route = getRouteApi("/operators/operator/campaigns/$campaignId");

const useStyles = makeStyles({
  stack: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
});

/** One campaign and its progress. */
export function CampaignPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const { campaignId } = route.useParams();
  const campaign = useQuery({
    queryKey: QUERY_KEYS.operator("campaign", campaignId),
    queryFn: ({ signal }) => readCampaign(client, campaignId, signal),
    refetchInterval: ({ state }) => (state.data?.state === "Running" ? LIVE_MS : false),
  });
  const words = texts.operator.campaigns;
  const { data } = campaign;
  return (
    <OperatorPage
      title={
        data?.description ?? (data === undefined ? words.one : words.actions[data.action.kind])
      }
      subtitle={words.one}
      icon={<ArrowSyncRegular />}
      trail={[
        <RouterBreadcrumb key="campaigns" to="/operator/campaigns">
          {words.title}
        </RouterBreadcrumb>,
      ]}
    >
      {campaign.isPending && <LoadingState />}
      {campaign.error !== null && (
        <QueryProblem error={campaign.error} onTryAgain={() => void campaign.refetch()} />
      )}
      {data !== undefined && (
        <div className={styles.stack}>
          <CampaignCommands campaign={data} />
          <CampaignFacts campaign={data} />
          <Section title={words.progress}>
            <CampaignProgress campaign={data} />
          </Section>
          {data.progress.failedByCode.length > 0 && (
            <Section title={words.failures}>
              <CampaignFailures failures={data.progress.failedByCode} />
            </Section>
          )}
          <Section title={words.orders}>
            <CampaignOrders
              campaignId={campaignId}
              // Results are read again when more orders have finished.
              through={data.progress.done + data.progress.failed}
            />
          </Section>
        </div>
      )}
    </OperatorPage>
  );
}
