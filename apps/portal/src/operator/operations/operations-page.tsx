import { OPERATOR_ORDER_CALLS, type OperatorOrder } from "@databox-cmk/protocol";
import { CopyButton, ExplanationPanel, Facts, Section, Stack } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { ACTS, decideNextAct } from "../../core/next-act.ts";
import { ErasureCertificate } from "../../order/erasure-section.tsx";
import { OrderPage } from "../../order/order-page.tsx";
import { StageTimeline } from "../../order/stage-timeline.tsx";
import { useCloudProblem } from "../../order/use-cloud-problem.ts";
import { useOrderName, useOrderPart } from "../../order/use-order.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { KillSwitches } from "../kill-switches/kill-switches.tsx";
import { OperationList } from "./operation-list.tsx";
import { OperatorNodes } from "./operator-nodes.tsx";

/** Shows operators the actions on an order's appliance, stage by stage. */
export function OperationsPage(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  // Operators need no role on the customer's subscription.
  const order = useOrderPart(OPERATOR_ORDER_CALLS.read);
  const problem = useCloudProblem(order.data?.properties.error);
  return (
    <OrderPage section="operations">
      <QueryState of={order} />
      {order.data !== undefined && (
        <Stack gap="L">
          <CommandBar>
            <RefreshButton of={order} />
          </CommandBar>
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
        </Stack>
      )}
    </OrderPage>
  );
}

/** Who must act now, what to do, and the command for each node. */
function NextAct({ order }: { readonly order: OperatorOrder }): ReactElement {
  const words = useTexts().operator.next;
  const { name, serials } = decideNextAct(order);
  const act = ACTS[name];
  const command = "command" in act && serials.length > 0 ? act.command : undefined;
  return (
    <Facts
      facts={[
        [words.who, words.actors[act.who]],
        [words.what, words.acts[name]],
        [words.nodes, command && serials.join(", ")],
        [
          words.command,
          command && (
            <>
              <code>{command}</code>
              <CopyButton value={command} what={words.command} />
            </>
          ),
        ],
      ]}
    />
  );
}
