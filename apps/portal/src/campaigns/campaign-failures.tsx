import type { CampaignView } from "@databox-cmk/protocol";
import { FailureText } from "@databox-cmk/ui";
import {
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  cell: { height: "auto", paddingBlock: tokens.spacingVerticalXS, overflowWrap: "anywhere" },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

/** The reasons of failed orders, the most frequent first; each order has the steps of its cure. */
export function CampaignFailures({
  failures,
}: {
  readonly failures: CampaignView["progress"]["failedByCode"];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.campaigns;
  return (
    <Table aria-label={words.failures} size="small" className={styles.table}>
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.heading}>{words.failedOrders}</TableHeaderCell>
          <TableHeaderCell className={styles.heading}>{words.why}</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {failures.map(({ code, count, message }) => (
          <TableRow key={code}>
            <TableCell className={styles.cell}>{count}</TableCell>
            <TableCell className={styles.cell}>
              <FailureText text={message} />
              <div className={styles.code}>{code}</div>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
