import { type Fact, useMediaQuery } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

const useStyles = makeStyles({
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

/** The columns of a row that a narrow screen has no room for, below the row's first cell. */
export function NarrowFacts({
  below,
  facts,
}: {
  /** The window's width from which on the columns are shown instead, in CSS pixels. */
  readonly below: number;
  readonly facts: readonly Fact[];
}): ReactElement | null {
  const styles = useStyles();
  const isNarrow = useMediaQuery(`(max-width: ${below - 1}px)`);
  if (!isNarrow) return null;
  return (
    <dl className={styles.facts}>
      {facts.map(({ label, value }) => (
        <div key={label} className={styles.fact}>
          <dt className={styles.label}>{label}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
