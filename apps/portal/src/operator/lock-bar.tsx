import type { LockCounts } from "@databox-cmk/protocol";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { layOutBar } from "../core/fleet-bar.ts";
import { useTexts } from "../texts/texts.ts";

const HEIGHT = 6;
const GAP = 0.2;

const useStyles = makeStyles({
  bar: {
    display: "block",
    width: "100%",
    height: "20px",
    borderRadius: tokens.borderRadiusSmall,
    overflow: "hidden",
  },
  // Bars keep their colours in forced-colours mode: the counts are beside them as text.
  notPrepared: { fill: tokens.colorNeutralStroke1 },
  locked: { fill: tokens.colorNeutralForeground3 },
  unlocked: { fill: tokens.colorBrandBackground },
  grace: { fill: tokens.colorStatusWarningBackground3 },
  revoked: { fill: tokens.colorStatusDangerBackground3 },
});

/** Nodes by lock state as the parts of one bar. */
export function LockBar({
  counts,
  label,
}: {
  readonly counts: LockCounts;
  /** The kind of the counted things. */
  readonly label: string;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const parts = layOutBar(counts);
  const description = parts
    .map(({ lock, count }) => `${texts.lockStates[lock]}: ${count}`)
    .join(", ");
  return (
    <svg
      role="img"
      aria-label={`${label}. ${description}`}
      className={styles.bar}
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {parts.map(({ lock, from, width }, index) => (
        <rect
          key={lock}
          x={from}
          y={0}
          width={index === parts.length - 1 ? width : width - GAP}
          height={HEIGHT}
          className={styles[lock]}
        />
      ))}
    </svg>
  );
}
