import { useMediaQuery } from "@databox-cmk/ui";
import {
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  type TableProps,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { LAPTOP_PX, narrowerThan } from "./breakpoints.ts";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  cell: { overflowWrap: "anywhere" },
  small: { height: "auto", paddingBlock: tokens.spacingVerticalXS },
  medium: { height: "auto", paddingBlock: tokens.spacingVerticalS },
  mono: { fontFamily: tokens.fontFamilyMonospace },
  facts: {
    margin: 0,
    fontFamily: tokens.fontFamilyBase,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
  fact: { display: "flex", flexWrap: "wrap", columnGap: tokens.spacingHorizontalXS },
  label: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: "anywhere" },
});

export type Column<Row> = {
  readonly heading: string;
  /** Shown instead of the heading. */
  readonly header?: ReactNode;
  /** Undefined: this row has no such fact. */
  readonly cell: (row: Row) => ReactNode;
  /** A narrow screen shows it as a fact in the row's first cell. */
  readonly isWide?: true;
  readonly isMono?: true;
  readonly className?: string | undefined;
};

/** A table of a page: a column per fact, a row per thing. */
export function DataTable<Row>({
  label,
  size = "small",
  wideFrom = LAPTOP_PX,
  columns,
  rows,
  keyOf,
}: {
  readonly label: string;
  readonly size?: NonNullable<TableProps["size"]>;
  /** The window's width from which on all columns are shown, in CSS pixels. */
  readonly wideFrom?: number;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
}): ReactElement {
  const styles = useStyles();
  const isNarrow = useMediaQuery(narrowerThan(wideFrom));
  const folded = columns.filter(({ isWide }) => isNarrow && isWide === true);
  const shown = columns.filter((column) => !folded.includes(column));
  return (
    <Table aria-label={label} size={size} className={styles.table}>
      <TableHeader>
        <TableRow>
          {shown.map(({ heading, header = heading, className }) => (
            <TableHeaderCell key={heading} className={mergeClasses(styles.heading, className)}>
              {header}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={keyOf(row)}>
            {shown.map(({ heading, cell, isMono, className }, index) => (
              <TableCell
                key={heading}
                className={mergeClasses(
                  styles.cell,
                  // The smallest rows have Fluent's own height.
                  size !== "extra-small" && styles[size],
                  isMono && styles.mono,
                  className,
                )}
              >
                {cell(row)}
                {index === 0 && folded.length > 0 && (
                  <dl className={styles.facts}>
                    {folded
                      .map(({ heading: name, cell: valueOf }) => ({ name, value: valueOf(row) }))
                      .filter(({ value }) => value !== undefined)
                      .map(({ name, value }) => (
                        <div key={name} className={styles.fact}>
                          <dt className={styles.label}>{name}</dt>
                          <dd className={styles.value}>{value}</dd>
                        </div>
                      ))}
                  </dl>
                )}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
