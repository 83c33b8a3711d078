import { LOCK_STATES, type LockCounts } from "@databox-cmk/protocol";
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
  scroll: { overflowX: "auto", maxWidth: "100%" },
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  name: { overflowWrap: "anywhere", minWidth: "120px" },
});

/** The same counts as numbers. */
export function LockTable({
  label,
  rows,
}: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly counts: LockCounts }[];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    // A scrolling area must be reachable by the keyboard.
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <Table aria-label={label} size="small" className={styles.table}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell className={styles.heading}>{label}</TableHeaderCell>
            {LOCK_STATES.map((lock) => (
              <TableHeaderCell key={lock} className={styles.heading}>
                {texts.lockStates[lock]}
              </TableHeaderCell>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map(({ name, counts }) => (
            <TableRow key={name}>
              <TableCell className={styles.name}>{name}</TableCell>
              {LOCK_STATES.map((lock) => (
                <TableCell key={lock}>{counts[lock]}</TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
