import type { OperatorOrder } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { prepareOrder, replaceDevice } from "../api/operator-orders.ts";
import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { LockBadge } from "../orders/lock-badge.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { EnrolmentCodes } from "./enrolment-codes.tsx";

const MEDIUM = "@media (max-width: 1023px)";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  serial: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
  wide: { [MEDIUM]: { display: "none" } },
  cell: { paddingBlock: tokens.spacingVerticalXS, height: "auto" },
  narrowOnly: { display: "none", [MEDIUM]: { display: "block" } },
});

type Node = OperatorOrder["nodes"][number];
type Wanted = { readonly serial: string; readonly reason: string } | "renew";

/** The nodes of an appliance: enrolled or not, and the replacement of their device. */
export function OperatorNodes({ order }: { readonly order: OperatorOrder }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const [replacing, setReplacing] = useState<string>();
  const coded = useAction((wanted: Wanted) => (wanted === "renew" ? "renewCodes" : "replaceNode"), {
    gcTime: 0,
    mutationFn: async (wanted: Wanted) =>
      wanted === "renew"
        ? prepareOrder(client, name, [])
        : [await replaceDevice(client, name, wanted.serial, wanted.reason)],
    onSettled: refresh,
  });
  const words = texts.operator.nodes;
  const { nodes } = order;
  if (nodes.length === 0) return <Text>{texts.order.noNodes}</Text>;
  const mayRenew =
    order.properties.status === "DevicePrepared" && nodes.some(({ enrolled }) => !enrolled);
  return (
    <>
      {coded.error !== null && <QueryProblem error={coded.error} />}
      <Table aria-label={texts.order.nodesTitle} size="small" className={styles.table}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell className={styles.heading}>{texts.order.serial}</TableHeaderCell>
            <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
              {texts.orders.lock}
            </TableHeaderCell>
            <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
              {words.device}
            </TableHeaderCell>
            <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
              {texts.order.lastSeen}
            </TableHeaderCell>
            <TableHeaderCell className={styles.heading}>{texts.orders.commands}</TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
          {nodes.map((node) => (
            <TableRow key={node.serial}>
              <TableCell className={styles.cell}>
                <span className={styles.serial}>{node.serial}</span>
                <div className={styles.narrowOnly}>
                  <LockBadge lock={node.lock} />
                  <Text size={200} block>
                    {node.enrolled ? words.enrolled : words.notEnrolled}
                  </Text>
                </div>
              </TableCell>
              <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                <LockBadge lock={node.lock} />
              </TableCell>
              <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                {node.enrolled ? words.enrolled : words.notEnrolled}
              </TableCell>
              <TableCell className={mergeClasses(styles.cell, styles.wide)}>
                <LastSeen node={node} />
              </TableCell>
              <TableCell className={styles.cell}>
                <Button
                  size="small"
                  aria-label={words.replaceOf(node.serial)}
                  disabledFocusable={coded.isPending}
                  onClick={() => {
                    setReplacing(node.serial);
                  }}
                >
                  {words.replace}
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {mayRenew && (
        <div>
          <Button
            disabledFocusable={coded.isPending}
            onClick={() => {
              coded.mutate("renew");
            }}
          >
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
          onConfirm={(reason) => {
            coded.mutate({ serial: replacing, reason });
          }}
          onClose={() => {
            setReplacing(undefined);
          }}
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
