import type { OperatorOrder } from "@databox-cmk/protocol";
import { ExplanationPanel, Section } from "@databox-cmk/ui";
import { makeStyles, Text, tokens, Toolbar, ToolbarButton } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { readOperatorOrder } from "../api/operator-orders.ts";
import { KillSwitches } from "../kill-switches/kill-switches.tsx";
import { ErasureCertificate } from "../order/erasure-section.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { StageTimeline } from "../order/stage-timeline.tsx";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { NextAct } from "./next-act.tsx";
import { OperationList } from "./operation-list.tsx";
import { OperatorNodes } from "./operator-nodes.tsx";

const useStyles = makeStyles({
  stack: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
  bar: {
    paddingInline: 0,
    borderBlockEndWidth: "1px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorNeutralStroke2,
  },
});

/** For operators: their actions on an order's appliance, stage by stage. */
export function OperationsPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const name = useOrderName();
  const order = useOperatorOrder();
  const problem = useCloudProblem(order.data?.properties.error);
  return (
    <OrderPage section="operations">
      <QueryState of={order} />
      {order.data !== undefined && (
        <div className={styles.stack}>
          <Toolbar className={styles.bar} aria-label={texts.orders.commands}>
            <ToolbarButton
              icon={<ArrowClockwiseRegular />}
              disabledFocusable={order.isFetching}
              onClick={() => void order.refetch()}
            >
              {texts.orders.refresh}
            </ToolbarButton>
          </Toolbar>
          {problem !== undefined && <ExplanationPanel problem={problem} />}
          <Section title={texts.order.stagesTitle}>
            <StageTimeline stages={order.data.properties.details?.jobStages ?? []} />
          </Section>
          <Section title={texts.operator.next.title}>
            <NextAct order={order.data} />
          </Section>
          <Section title={texts.operator.operations.title}>
            <OperationList order={order.data} />
          </Section>
          <Section title={texts.order.nodesTitle}>
            <OperatorNodes order={order.data} />
          </Section>
          <KillSwitches order={{ name, serials: order.data.nodes.map(({ serial }) => serial) }} />
          {order.data.erasureReceipt !== undefined && (
            <Section title={texts.order.erasure.title}>
              <Text>{texts.order.erasure.text}</Text>
              <ErasureCertificate
                certificate={order.data.erasureReceipt}
                orderName={order.data.name}
              />
            </Section>
          )}
        </div>
      )}
    </OrderPage>
  );
}

/** The operators' view of an order: they need no role on the customer's subscription. */
function useOperatorOrder(): UseQueryResult<OperatorOrder> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "operator"),
    queryFn: ({ signal }) => readOperatorOrder(client, name, signal),
  });
}
