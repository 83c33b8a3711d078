import { FailureText } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  DismissCircleFilled,
  SubtractCircleRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  checks: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    listStyleType: "none",
    margin: 0,
    padding: 0,
  },
  check: { display: "flex", gap: tokens.spacingHorizontalS, minWidth: 0 },
  icon: { display: "flex", fontSize: "20px", flexShrink: 0 },
  words: { minWidth: 0, overflowWrap: "anywhere" },
  passed: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  failed: { color: tokens.colorStatusDangerForeground1 },
  "not-reached": { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  passed: CheckmarkCircleFilled,
  warning: WarningFilled,
  failed: DismissCircleFilled,
  "not-reached": SubtractCircleRegular,
} as const;

export type ShownCheck = {
  readonly name: string;
  readonly title: ReactNode;
  readonly status: keyof typeof ICONS;
  /** In words, for readers who do not see the icon. */
  readonly statusText: string;
  /** The finding, as the agent words it. */
  readonly found?: string | undefined;
};

/** Checks in their order, with the finding of each. */
export function CheckList({ checks }: { readonly checks: readonly ShownCheck[] }): ReactElement {
  const styles = useStyles();
  return (
    <ol className={styles.checks}>
      {checks.map(({ name, title, status, statusText, found }) => {
        const Icon = ICONS[status];
        return (
          <li key={name} className={styles.check}>
            <span
              className={mergeClasses(styles.icon, styles[status])}
              role="img"
              aria-label={statusText}
            >
              <Icon />
            </span>
            <div className={styles.words}>
              <Text weight="semibold" block>
                {title}
              </Text>
              {found !== undefined && (
                <Text>
                  <FailureText text={found} />
                </Text>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
