import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  facts: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 380px), 1fr))",
    columnGap: tokens.spacingHorizontalXXL,
    rowGap: tokens.spacingVerticalXS,
    margin: 0,
  },
  oneColumn: { gridTemplateColumns: "minmax(0, 1fr)" },
  fact: {
    display: "flex",
    gap: tokens.spacingHorizontalS,
    alignItems: "baseline",
    minWidth: 0,
    "@media (max-width: 479px)": { flexDirection: "column", gap: 0 },
  },
  label: {
    width: "150px",
    flexShrink: 0,
    color: tokens.colorNeutralForeground2,
    "@media (max-width: 479px)": { width: "auto" },
  },
  value: { margin: 0, minWidth: 0, overflowWrap: "anywhere" },
});

/** A fact whose value is absent is not shown. */
export type Fact = readonly [label: string, value: ReactNode];

/** Names and values in two columns, as "Essentials" in the Azure portal; long values in one. */
export function Facts({
  facts,
  columns = 2,
}: {
  readonly facts: readonly Fact[];
  readonly columns?: 1 | 2;
}): ReactElement {
  const styles = useStyles();
  return (
    <dl className={mergeClasses(styles.facts, columns === 1 && styles.oneColumn)}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => (
          <div key={label} className={styles.fact}>
            <dt className={styles.label}>{label}</dt>
            <dd className={styles.value}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
