import { OPERATOR_ORDER_CALLS, type OperatorOrder } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { LockBadge } from "../../order/badges.tsx";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { useOrderChange } from "../../order/use-order.ts";
import { DataTable } from "../../shell/data-table.tsx";
import { QueryProblem } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { EnrolmentCodes } from "./enrolment-codes.tsx";

type Node = OperatorOrder["nodes"][number];
type Wanted = { readonly serial: string; readonly reason: string } | "renew";

/** The nodes of an appliance: enrolled or not, and the replacement of their device. */
export function OperatorNodes({ order }: { readonly order: OperatorOrder }): ReactElement {
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
