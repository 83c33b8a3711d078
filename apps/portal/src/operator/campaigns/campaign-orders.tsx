import {
  CAMPAIGN_CALLS,
  CAMPAIGN_ORDER_STATES,
  type CampaignOrderList,
} from "@databox-cmk/protocol";
import { ExplanationPanel, StateBadge, type StateLook, Time } from "@databox-cmk/ui";
import { Button, makeStyles, Tab, TabList, Text } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  ChevronDownRegular,
  ChevronRightRegular,
  ClockRegular,
  DismissCircleFilled,
} from "@fluentui/react-icons";
import { keepPreviousData } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { parseOrderId } from "../../core/arm-path.ts";
import { useCloudProblem } from "../../order/use-cloud-problem.ts";
import { QUERY_KEYS } from "../../queries/query-keys.ts";
import { useRead } from "../../queries/use-part.ts";
import { DataTable } from "../../shell/data-table.tsx";
import { Pager } from "../../shell/pager.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../../shell/router-link.tsx";
import { useTexts } from "../../texts/texts.ts";

const useStyles = makeStyles({
  tabs: { flexWrap: "wrap" },
  // Its chevron begins where the text of another cell would.
  code: { minWidth: 0, paddingInline: 0, justifyContent: "flex-start" },
});

const ALL = "all";
type CampaignOrder = CampaignOrderList["value"][number];

const LOOKS = {
  Waiting: [ClockRegular, "none"],
  Done: [CheckmarkCircleFilled, "good"],
  Failed: [DismissCircleFilled, "bad"],
} as const satisfies Record<CampaignOrder["state"], StateLook>;

/** The result for each order, by state. */
export function CampaignOrders({
  campaignId,
  through,
}: {
  readonly campaignId: string;
  /** Number of finished or failed orders; a new number means news. */
  readonly through: number;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [state, setState] = useState<string>(ALL);
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const orders = useRead(
    QUERY_KEYS.operator("campaign", campaignId, state, position, through),
    (client, signal) =>
      client.call(CAMPAIGN_CALLS.listOrders, {
        params: { campaignId },
        query: { state: state === ALL ? undefined : state, $skipToken: position },
        signal,
      }),
    { placeholderData: keepPreviousData },
  );
  const words = texts.operator.campaigns;
  return (
    <>
      <TabList
        className={styles.tabs}
        size="small"
        selectedValue={state}
        onTabSelect={(_event, { value }) => {
          setState(String(value));
          setPositions([]);
        }}
      >
        <Tab value={ALL}>{texts.orders.all}</Tab>
        {CAMPAIGN_ORDER_STATES.map((each) => (
          <Tab key={each} value={each}>
            {words.orderStates[each]}
          </Tab>
        ))}
      </TabList>
      <QueryState of={orders} />
      {orders.data !== undefined &&
        (orders.data.value.length === 0 ? (
          <Text>{words.noOrders}</Text>
        ) : (
          <OrderTable orders={orders.data.value} />
        ))}
      <Pager of={orders} positions={positions} onMove={setPositions} />
    </>
  );
}

function OrderTable({ orders }: { readonly orders: readonly CampaignOrder[] }): ReactElement {
  const words = useTexts().operator.campaigns;
  return (
    <DataTable
      label={words.orders}
      columns={[
        { heading: words.order, cell: ({ order }) => <OrderLink id={order} /> },
        {
          heading: words.state,
          isWide: true,
          cell: ({ state, attempts }) => (
            <StateBadge look={LOOKS[state]} name={words.orderStates[state]}>
              {state === "Waiting" && attempts > 0 && (
                <Text size={200}>{words.attempts(attempts)}</Text>
              )}
            </StateBadge>
          ),
        },
        {
          heading: words.finishedAt,
          isWide: true,
          cell: ({ finishedAt }) => finishedAt && <Time at={finishedAt} />,
        },
        {
          heading: words.why,
          isWide: true,
          cell: ({ error }) => error && <OrderFailure error={error} />,
        },
      ]}
      rows={orders}
      keyOf={({ order }) => order}
    />
  );
}

function OrderLink({ id }: { readonly id: string }): ReactElement | string {
  const name = parseOrderId(id);
  if (name === undefined) return id;
  return (
    <RouterLink to={`${ORDER}/operations`} params={name}>
      {name.jobName}
    </RouterLink>
  );
}

/** The code of a failure, or of a retry; its button shows the explanation. */
function OrderFailure({
  error,
}: {
  readonly error: NonNullable<CampaignOrder["error"]>;
}): ReactElement {
  const styles = useStyles();
  const [isOpen, setIsOpen] = useState(false);
  const problem = useCloudProblem(isOpen ? error : undefined);
  return (
    <>
      <Button
        size="small"
        appearance="transparent"
        className={styles.code}
        icon={isOpen ? <ChevronDownRegular /> : <ChevronRightRegular />}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {error.code}
      </Button>
      {problem !== undefined && <ExplanationPanel problem={problem} />}
    </>
  );
}
