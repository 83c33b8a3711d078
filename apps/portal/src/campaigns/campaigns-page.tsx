import type { CampaignView } from "@databox-cmk/protocol";
import { EmptyState, LoadingState, Time } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  ProgressBar,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
  Toolbar,
  ToolbarButton,
} from "@fluentui/react-components";
import { AddRegular, ArrowClockwiseRegular, ArrowSyncRegular } from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { skipTokenOf } from "../api/arm-path.ts";
import { readCampaigns } from "../api/campaigns.ts";
import { OperatorPage } from "../operator/operator-page.tsx";
import { PersonName } from "../people/person-name.tsx";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { NarrowFacts } from "../shell/narrow-facts.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { CampaignState } from "./campaign-state.tsx";

const MEDIUM = "@media (max-width: 1023px)";
const LIVE_MS = 5_000;

const useStyles = makeStyles({
  bar: {
    paddingInline: 0,
    flexWrap: "wrap",
    borderBlockEndWidth: "1px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorNeutralStroke2,
  },
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  cell: { height: "auto", paddingBlock: tokens.spacingVerticalS, overflowWrap: "anywhere" },
  wide: { [MEDIUM]: { display: "none" } },
  more: { marginBlockStart: tokens.spacingVerticalM },
});

/** Re-wraps of many orders, newest first. */
export function CampaignsPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const campaigns = useQuery({
    queryKey: QUERY_KEYS.operator("campaigns", position),
    queryFn: ({ signal }) => readCampaigns(client, position, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.value.some((each) => each.state === "Running") === true ? LIVE_MS : false,
  });
  const next = skipTokenOf(campaigns.data?.nextLink);
  const words = texts.operator.campaigns;
  const starterOf = ({ origin, createdBy }: CampaignView) =>
    origin === "automatic" ? words.automatic : <PersonName id={createdBy} />;
  return (
    <OperatorPage title={words.title} icon={<ArrowSyncRegular />}>
      <Toolbar className={styles.bar} aria-label={texts.orders.commands}>
        <ToolbarButton
          icon={<AddRegular />}
          onClick={() => void navigate({ to: "/operator/campaigns/start" })}
        >
          {words.start}
        </ToolbarButton>
        <ToolbarButton
          icon={<ArrowClockwiseRegular />}
          disabledFocusable={campaigns.isFetching}
          onClick={() => void campaigns.refetch()}
        >
          {texts.orders.refresh}
        </ToolbarButton>
      </Toolbar>
      {campaigns.isPending && <LoadingState />}
      {campaigns.error !== null && (
        <QueryProblem error={campaigns.error} onTryAgain={() => void campaigns.refetch()} />
      )}
      {campaigns.data?.value.length === 0 && (
        <EmptyState icon={<ArrowSyncRegular />} title={words.emptyTitle}>
          <Text>{words.empty}</Text>
        </EmptyState>
      )}
      {campaigns.data !== undefined && campaigns.data.value.length > 0 && (
        <Table aria-label={words.title} className={styles.table}>
          <TableHeader>
            <TableRow>
              <TableHeaderCell className={styles.heading}>{words.what}</TableHeaderCell>
              <TableHeaderCell className={styles.heading}>{words.progress}</TableHeaderCell>
              <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
                {words.startedBy}
              </TableHeaderCell>
              <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
                {words.startedAt}
              </TableHeaderCell>
            </TableRow>
          </TableHeader>
          <TableBody>
            {campaigns.data.value.map((campaign) => (
              <TableRow key={campaign.id}>
                <TableCell className={styles.cell}>
                  <RouterLink
                    to="/operator/campaigns/$campaignId"
                    params={{ campaignId: campaign.id }}
                  >
                    {campaign.description ?? words.actions[campaign.action.kind]}
                  </RouterLink>
                  <div>
                    <CampaignState campaign={campaign} />
                  </div>
                  <NarrowFacts
                    below={1024}
                    facts={[
                      { label: words.startedBy, value: starterOf(campaign) },
                      { label: words.startedAt, value: <Time at={campaign.createdAt} /> },
                    ]}
                  />
                </TableCell>
                <TableCell className={styles.cell}>
                  <ProgressBar
                    aria-label={words.progress}
                    max={campaign.progress.total}
                    value={campaign.progress.done + campaign.progress.failed}
                    color={campaign.progress.failed > 0 ? "warning" : "brand"}
                  />
                  <Text size={200}>{words.counts(campaign.progress)}</Text>
                </TableCell>
                <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                  {starterOf(campaign)}
                </TableCell>
                <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                  <Time at={campaign.createdAt} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {(next !== undefined || positions.length > 0) && (
        <div className={styles.more}>
          <Button
            disabled={positions.length === 0}
            onClick={() => {
              setPositions(positions.slice(0, -1));
            }}
          >
            {texts.orders.previousPage}
          </Button>{" "}
          <Button
            disabled={next === undefined}
            onClick={() => {
              if (next !== undefined) setPositions([...positions, next]);
            }}
          >
            {texts.orders.nextPage}
          </Button>
        </div>
      )}
    </OperatorPage>
  );
}
