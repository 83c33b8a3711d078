import { Time } from "@databox-cmk/ui";
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

import type { Claim } from "../api/activity.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  text: { overflowWrap: "anywhere" },
});

/** Rows of a node's own journal: its claims about its offline actions. */
export function ClaimTable({ claims }: { readonly claims: readonly Claim[] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().activity;
  return (
    <Table size="extra-small" aria-label={texts.claims} className={styles.table}>
      <TableHeader>
        <TableRow>
          {[texts.columns.when, texts.columns.what, texts.facts].map((heading) => (
            <TableHeaderCell key={heading} className={styles.heading}>
              {heading}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {claims.map(({ sequence, at, event, facts }) => (
          <TableRow key={sequence}>
            <TableCell>
              <Time at={at} />
            </TableCell>
            <TableCell className={styles.text}>{event}</TableCell>
            <TableCell className={styles.text}>
              {Object.entries(facts ?? {})
                .map(([name, value]) => `${name}: ${String(value)}`)
                .join(", ")}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
