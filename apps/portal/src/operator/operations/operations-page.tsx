import { OPERATOR_ORDER_CALLS, type OperatorOrder } from "@databox-cmk/protocol";
import { CopyButton, Facts, FailureText, Section, Stack, Time, useUiTexts } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { ACTS, decideNextAct } from "../../core/next-act.ts";
import { Causes } from "../../next-step/causes.tsx";
import { LockBadge } from "../../order/badges.tsx";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { ErasureCertificate } from "../../order/erasure-section.tsx";
import { OrderPage } from "../../order/order-page.tsx";
import { StageTimeline } from "../../order/stage-timeline.tsx";
import { useOrderChange, useOrderName, useOrderPart } from "../../order/use-order.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { QueryProblem, QueryState } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { KillSwitches } from "../kill-switches/kill-switches.tsx";
import { EnrolmentCodes } from "./enrolment-codes.tsx";
import { OperationList } from "./operation-list.tsx";

/** Shows operators the actions on an order's appliance, stage by stage. */
export function OperationsPage(): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  // Operators need no role on the customer's subscription.
  const order = useOrderPart(OPERATOR_ORDER_CALLS.read);
  return (
    <OrderPage section="operations">
      <QueryState of={order} />
      {order.data !== undefined && (
        <Stack gap="L">
          <CommandBar>
            <RefreshButton of={order} />
          </CommandBar>
          <Causes verdict={order.data.verdict} hasButtons={false} />
          <Section title={texts.order.stagesTitle}>
            <StageTimeline stages={order.data.properties.details?.jobStages ?? []} />
          </Section>
          <Section title={texts.operator.next.title}>
            <Repair verdict={order.data.verdict} />
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
              <Text size={200}>
                {texts.operator.verifyErasure}{" "}
                <code>{`broker certificate verify ${order.data.name}-erasure.jws --keys keys.json`}</code>
              </Text>
            </Section>
          )}
        </Stack>
      )}
    </OrderPage>
  );
}

/** The repair that an unlock waits for, and its person. */
function Repair({
  verdict: { state, nextStep },
}: Pick<OperatorOrder, "verdict">): ReactElement | null {
  const words = useTexts().operator.next;
  const { who: names } = useUiTexts();
  if (state !== "Blocked") return null;
  return (
    <Facts
      facts={[
        [words.who, names[nextStep.who]],
        [words.what, <FailureText text={nextStep.text} />],
      ]}
    />
  );
}

/** The act that moves the order on: who, what to do, and the command for each node. */
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

type Node = OperatorOrder["nodes"][number];
type Wanted = { readonly serial: string; readonly reason: string } | "renew";

/** The nodes of an appliance: enrolled or not, and the replacement of their device. */
function OperatorNodes({ order }: { readonly order: OperatorOrder }): ReactElement {
  const texts = useTexts();
  const [replacing, setReplacing] = useState<string>();
  const coded = useOrderChange(
    (wanted: Wanted) => (wanted === "renew" ? "renewCodes" : "replaceNode"),
    async (call, wanted) =>
      wanted === "renew"
        ? (await call(OPERATOR_ORDER_CALLS.prepare)).nodes
        : [await call(OPERATOR_ORDER_CALLS.replaceDevice, { body: wanted })],
    { gcTime: 0 },
  );
  const words = texts.operator.nodes;
  const { nodes } = order;
  if (nodes.length === 0) return <Text>{texts.order.noNodes}</Text>;
  const mayRenew =
    order.properties.status === "DevicePrepared" && nodes.some(({ enrolled }) => !enrolled);
  return (
    <>
      <QueryProblem error={coded.error} />
      <DataTable
        label={texts.order.nodesTitle}
        columns={[
          { heading: texts.order.serial, isMono: true, cell: ({ serial }) => serial },
          {
            heading: texts.orders.lock,
            isWide: true,
            cell: ({ lock }) => <LockBadge lock={lock} />,
          },
          {
            heading: words.device,
            isWide: true,
            cell: ({ enrolled }) => (enrolled ? words.enrolled : words.notEnrolled),
          },
          {
            heading: texts.order.lastSeen,
            isWide: true,
            cell: (node) => <LastSeen node={node} />,
          },
          {
            heading: texts.orders.commands,
            cell: ({ serial }) => (
              <Button
                size="small"
                aria-label={words.replaceOf(serial)}
                disabledFocusable={coded.isPending}
                onClick={() => setReplacing(serial)}
              >
                {words.replace}
              </Button>
            ),
          },
        ]}
        rows={nodes}
        keyOf={({ serial }) => serial}
      />
      {mayRenew && (
        <div>
          <Button disabledFocusable={coded.isPending} onClick={() => coded.mutate("renew")}>
            {words.renewCodes}
          </Button>
        </div>
      )}
      {replacing !== undefined && (
        <ConfirmDialog
          title={words.replaceTitle(replacing)}
          text={words.replaceText}
          label={words.reason}
          confirm={words.replace}
          onConfirm={(reason) => coded.mutate({ serial: replacing, reason })}
          onClose={() => setReplacing(undefined)}
        />
      )}
      {coded.data !== undefined && <EnrolmentCodes codes={coded.data} onClose={coded.reset} />}
    </>
  );
}

function LastSeen({ node }: { readonly node: Node }): ReactElement {
  const texts = useTexts();
  if (node.lastSeenAt === undefined) return <>{texts.order.neverSeen}</>;
  return (
    <>
      <Time at={node.lastSeenAt} />
      {node.lastOutcome !== undefined && (
        <Text size={200} block>
          {node.lastOutcome}
        </Text>
      )}
    </>
  );
}
