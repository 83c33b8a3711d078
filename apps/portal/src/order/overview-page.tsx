import { LoadingState, Section } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { Essentials } from "./essentials.tsx";
import { KeyChain } from "./key-chain.tsx";
import { NodeTable } from "./node-table.tsx";
import { OrderCommands } from "./order-commands.tsx";
import { OrderPage } from "./order-page.tsx";
import { StageTimeline } from "./stage-timeline.tsx";
import { useCloudProblem } from "./use-cloud-problem.ts";
import { useKeyHealth, useNodes, useOrder } from "./use-order.ts";

const useStyles = makeStyles({
  stack: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
});

/** The order, its stage, and the state of its key. */
export function OverviewPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const order = useOrder();
  const nodes = useNodes();
  const health = useKeyHealth();
  const healthProblem = useCloudProblem(health.data?.error);
  const orderProblem = useCloudProblem(order.data?.properties.error);
  return (
    <OrderPage section="overview">
      {order.isPending && <LoadingState />}
      {order.error !== null && (
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
      )}
      {order.data !== undefined && (
        <div className={styles.stack}>
          <OrderCommands order={order.data} />
          {orderProblem !== undefined && <ProblemPanel problem={orderProblem} />}
          {healthProblem !== undefined && <ProblemPanel problem={healthProblem} />}
          <Essentials order={order.data} />
          <Section title={texts.order.stagesTitle}>
            <StageTimeline stages={order.data.properties.details?.jobStages ?? []} />
          </Section>
          <Section title={texts.order.nodesTitle}>
            {nodes.error !== null && (
              <QueryProblem error={nodes.error} onTryAgain={() => void nodes.refetch()} />
            )}
            {nodes.data !== undefined && <NodeTable nodes={nodes.data} />}
          </Section>
          <Section title={texts.order.keyChainTitle}>
            {health.error !== null && (
              <QueryProblem error={health.error} onTryAgain={() => void health.refetch()} />
            )}
            {health.data !== undefined && order.data.properties.details !== undefined && (
              <KeyChain
                kek={order.data.properties.details.keyEncryptionKey}
                health={health.data}
                nodes={nodes.data ?? []}
              />
            )}
          </Section>
        </div>
      )}
    </OrderPage>
  );
}
