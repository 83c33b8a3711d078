import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { FluentIcon } from "@fluentui/react-icons";
import type { ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  badge: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  // Aligns the badge with the baseline of the text beside it, not with its icon's lower edge. A
  // narrow table's column is as wide as its longest word.
  name: { alignSelf: "baseline", overflowWrap: "break-word" },
  icon: { display: "flex", flexShrink: 0, fontSize: "16px" },
  large: { fontSize: "20px" },
  good: { color: tokens.colorStatusSuccessForeground1 },
  watch: { color: tokens.colorStatusWarningForeground3 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  going: { color: tokens.colorBrandForeground1 },
  quiet: { color: tokens.colorNeutralForeground2 },
  none: { color: tokens.colorNeutralForeground3 },
});

/** The icon of a state, and the meaning of its colour. */
export type StateLook = readonly [
  icon: FluentIcon,
  tone: "good" | "watch" | "bad" | "going" | "quiet" | "none",
];

/** A state as an icon. @param label - for screen readers, if no text beside it says the state */
export function StateIcon({
  look: [Icon, tone],
  size = "small",
  label,
}: {
  readonly look: StateLook;
  readonly size?: "small" | "large";
  readonly label?: string;
}): ReactElement {
  const styles = useStyles();
  return (
    <span
      className={mergeClasses(styles.icon, size === "large" && styles.large, styles[tone])}
      role={label && "img"}
      aria-label={label}
      aria-hidden={label === undefined}
    >
      <Icon />
    </span>
  );
}

/** A state as an icon and its name; the badge's children follow the name. */
export function StateBadge({
  look,
  name,
  children,
}: {
  readonly look: StateLook;
  readonly name: string;
  readonly children?: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <span className={styles.badge}>
      <StateIcon look={look} />
      <span className={styles.name}>{name}</span>
      {children}
    </span>
  );
}
