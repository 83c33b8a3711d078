import { CAMPAIGN_CALLS, type CampaignView } from "@databox-cmk/protocol";
import {
  Facts,
  FailureText,
  formatRelative,
  Section,
  Stack,
  Time,
  useLanguage,
} from "@databox-cmk/ui";
import { makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { PersonName } from "../../people/person-name.tsx";
import { usePart } from "../../queries/use-part.ts";
import { DataTable } from "../../shell/data-table.tsx";
import { CampaignsCrumb, OperatorPage } from "../../shell/page.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CampaignCommands } from "./campaign-commands.tsx";
import { CampaignOrders } from "./campaign-orders.tsx";
import { CampaignState } from "./campaign-state.tsx";

const useCampaignFailuresStyles = makeStyles({
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});
const LIVE_MS = 1_000;
const route = getRouteApi("/operators/operator/campaigns/$campaignId");

/** One campaign and its progress. */
export function CampaignPage(): ReactElement {
  const words = useTexts().operator.campaigns;
  const { campaignId } = route.useParams();
  const campaign = usePart(
    CAMPAIGN_CALLS.read,
    { params: { campaignId } },
    { refetchInterval: ({ state }) => (state.data?.state === "Running" ? LIVE_MS : false) },
  );
  const { data } = campaign;
  return (
    <OperatorPage
      title={
        data?.description ?? (data === undefined ? words.one : words.actions[data.action.kind])
      }
      subtitle={words.one}
      icon={<ArrowSyncRegular />}
      trail={[<CampaignsCrumb key="campaigns" />]}
    >
      <QueryState of={campaign} />
      {data !== undefined && (
        <Stack gap="L">
          <CampaignCommands campaign={data} />
          <CampaignFacts campaign={data} />
          <Section title={words.progress}>
            <CampaignProgress campaign={data} />
          </Section>
          {data.progress.failedByCode.length > 0 && (
            <Section title={words.failures}>
              <CampaignFailures campaign={data} />
            </Section>
          )}
          <Section title={words.orders}>
            <CampaignOrders
              campaignId={campaignId}
              // Results are read again when more orders have finished.
              through={data.progress.done + data.progress.failed}
            />
          </Section>
        </Stack>
      )}
    </OperatorPage>
  );
}

/** A campaign's change, its orders, and the person who started it. */
function CampaignFacts({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const words = useTexts().operator.campaigns;
  const { action, selector, createdAt, finishedAt } = campaign;
  const to = action.kind === "move" ? action.to : {};
  return (
    <Facts
      facts={[
        [words.state, <CampaignState campaign={campaign} />],
        [words.what, words.actions[action.kind]],
        [words.toKey, to.kekUrl],
        [words.toVault, to.kekVaultResourceID],
        [
          words.toIdentity,
          to.identityProperties?.userAssigned?.resourceId ?? to.identityProperties?.type,
        ],
        [words.ofSubscription, selector.subscriptionId],
        [words.ofGroup, selector.resourceGroup],
        [words.ofKey, selector.keyUrl],
        [words.ofList, selector.orders && words.listed(selector.orders)],
        [
          words.startedBy,
          campaign.origin === "automatic" ? (
            words.automatic
          ) : (
            <PersonName id={campaign.createdBy} />
          ),
        ],
        [words.startedAt, <Time at={createdAt} />],
        [words.finishedAt, finishedAt && <Time at={finishedAt} />],
        [words.id, campaign.id],
      ]}
    />
  );
}

/** The reasons of failed orders, the most frequent first; each order has the steps of its cure. */
function CampaignFailures({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const styles = useCampaignFailuresStyles();
  const words = useTexts().operator.campaigns;
  return (
    <DataTable
      label={words.failures}
      columns={[
        { heading: words.failedOrders, cell: ({ count }) => count },
        {
          heading: words.why,
          cell: ({ code, message }) => (
            <>
              <FailureText text={message} />
              <div className={styles.code}>{code}</div>
            </>
          ),
        },
      ]}
      rows={campaign.progress.failedByCode}
      keyOf={({ code }) => code}
    />
  );
}

/** A campaign's progress, speed and remaining time. */
function CampaignProgress({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const words = useTexts().operator.campaigns;
  const { language } = useLanguage();
  const { progress, estimate, state } = campaign;
  const now = new Date();
  return (
    <Stack gap="XS" width="M">
      <ProgressBar
        thickness="large"
        aria-label={words.progress}
        max={progress.total}
        value={progress.done + progress.failed}
        color={progress.failed > 0 ? "warning" : state === "Done" ? "success" : "brand"}
      />
      <Text role="status">{words.counts(progress)}</Text>
      {estimate !== undefined && (
        <Text>
          {words.estimate(
            new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(
              estimate.ordersPerSecond,
            ),
            formatRelative(new Date(now.getTime() + estimate.secondsLeft * 1000), now, language),
          )}
        </Text>
      )}
    </Stack>
  );
}
