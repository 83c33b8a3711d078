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
import { useTexts } from "../texts/texts.ts";

const NARROW = "@media (max-width: 767px)";

const useStyles = makeStyles({
  heading: { fontWeight: tokens.fontWeightSemibold },
  serial: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
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
          <TableRow key={node.serial}>
            <TableCell className={styles.serial}>{node.serial}</TableCell>
            <TableCell>
              <LockBadge lock={node.lock} />
            </TableCell>
            <TableCell className={styles.wide}>
              {node.lastSeenAt === undefined ? (
                texts.order.neverSeen
              ) : (
                <Time at={node.lastSeenAt} />
              )}
            </TableCell>
            <TableCell className={styles.wide}>
              {node.envelope === undefined
                ? "–"
                : texts.order.generation(
                    node.envelope.generation,
                    node.envelope.acknowledgedGeneration,
                  )}
            </TableCell>
            <TableCell className={styles.wide}>
              {node.deviceKey === undefined
                ? "–"
                : texts.order.deviceKeyGrade(node.deviceKey.grade, node.deviceKey.attested)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
