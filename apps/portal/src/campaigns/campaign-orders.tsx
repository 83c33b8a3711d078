import { CAMPAIGN_ORDER_STATES, type CampaignOrderList } from "@databox-cmk/protocol";
import { ExplanationPanel, RULE_BELOW, Time } from "@databox-cmk/ui";
import { Button, makeStyles, Tab, TabList, Text, tokens } from "@fluentui/react-components";
import { keepPreviousData } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { readCampaignOrders } from "../api/campaigns.ts";
import { parseOrderId } from "../core/arm-path.ts";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-read.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0 },
  order: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
  },
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "baseline",
    gap: `0 ${tokens.spacingHorizontalL}`,
  },
  tabs: { flexWrap: "wrap" },
});

const ALL = "all";
type CampaignOrder = CampaignOrderList["value"][number];

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
      readCampaignOrders(client, campaignId, state === ALL ? undefined : state, position, signal),
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
      {orders.data?.value.length === 0 && <Text>{words.noOrders}</Text>}
      <ul className={styles.list}>
        {orders.data?.value.map((order) => (
          <li key={order.order} className={styles.order}>
            <OrderOutcome order={order} />
          </li>
        ))}
      </ul>
      <Pager of={orders} positions={positions} onMove={setPositions} />
    </>
  );
}

function OrderOutcome({ order }: { readonly order: CampaignOrder }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.campaigns;
  const name = parseOrderId(order.order);
  const [isOpen, setIsOpen] = useState(false);
  const problem = useCloudProblem(isOpen ? order.error : undefined);
  return (
    <>
      <div className={styles.head}>
        {name === undefined ? (
          <Text>{order.order}</Text>
        ) : (
          <RouterLink to="/orders/$subscriptionId/$resourceGroup/$jobName/operations" params={name}>
            {name.jobName}
          </RouterLink>
        )}
        <Text>{words.orderStates[order.state]}</Text>
        {order.finishedAt !== undefined && (
          <Text size={200}>
            <Time at={order.finishedAt} />
          </Text>
        )}
        {order.state === "Waiting" && order.attempts > 0 && (
          <Text size={200}>{words.attempts(order.attempts)}</Text>
        )}
        {order.error !== undefined && (
          <Button
            size="small"
            appearance="subtle"
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            {order.error.code}
          </Button>
        )}
      </div>
      {problem !== undefined && <ExplanationPanel problem={problem} />}
    </>
  );
}
