import { Time } from "@databox-cmk/ui";
import {
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
import type { ReactElement } from "react";

import type { OrderNode } from "../api/nodes.ts";
import { LockBadge } from "../orders/lock-badge.tsx";
import { NarrowFacts } from "../shell/narrow-facts.tsx";
import { useTexts } from "../texts/texts.ts";

const NARROW = "@media (max-width: 767px)";

const useStyles = makeStyles({
  heading: { fontWeight: tokens.fontWeightSemibold },
  serial: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
  cell: { height: "auto", paddingBlock: tokens.spacingVerticalXS },
  wide: { [NARROW]: { display: "none" } },
});

/** The nodes of an appliance, each locked separately. */
export function NodeTable({ nodes }: { readonly nodes: readonly OrderNode[] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  if (nodes.length === 0) return <Text>{texts.order.noNodes}</Text>;
  return (
    <Table aria-label={texts.order.nodesTitle} size="small">
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.heading}>{texts.order.serial}</TableHeaderCell>
          <TableHeaderCell className={styles.heading}>{texts.orders.lock}</TableHeaderCell>
          <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
            {texts.order.lastSeen}
          </TableHeaderCell>
          <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
            {texts.order.envelope}
          </TableHeaderCell>
          <TableHeaderCell className={mergeClasses(styles.heading, styles.wide)}>
            {texts.order.deviceKey}
          </TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {nodes.map((node) => (
          <NodeRow key={node.serial} node={node} />
        ))}
      </TableBody>
    </Table>
  );
}

function NodeRow({ node }: { readonly node: OrderNode }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { lastSeenAt, envelope, deviceKey } = node;
  const facts = [
    {
      label: texts.order.lastSeen,
      value: lastSeenAt === undefined ? texts.order.neverSeen : <Time at={lastSeenAt} />,
    },
    {
      label: texts.order.envelope,
      value:
        envelope === undefined
          ? "–"
          : texts.order.generation(envelope.generation, envelope.acknowledgedGeneration),
    },
    {
      label: texts.order.deviceKey,
      value:
        deviceKey === undefined
          ? "–"
          : texts.order.deviceKeyGrade(deviceKey.grade, deviceKey.attested),
    },
  ];
  return (
    <TableRow>
      <TableCell className={mergeClasses(styles.serial, styles.cell)}>
        {node.serial}
        <NarrowFacts below={768} facts={facts} />
      </TableCell>
      <TableCell className={styles.cell}>
        <LockBadge lock={node.lock} />
      </TableCell>
      {facts.map(({ label, value }) => (
        <TableCell key={label} className={styles.wide}>
          {value}
        </TableCell>
      ))}
    </TableRow>
  );
}
