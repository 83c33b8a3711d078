import { FailureText, StateIcon, type StateLook } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
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
  words: { minWidth: 0, overflowWrap: "anywhere" },
});

const LOOKS = {
  passed: [CheckmarkCircleFilled, "good"],
  warning: [WarningFilled, "watch"],
  failed: [DismissCircleFilled, "bad"],
  "not-reached": [SubtractCircleRegular, "none"],
} as const satisfies Record<string, StateLook>;

export type ShownCheck = {
  readonly name: string;
  readonly title: ReactNode;
  readonly status: keyof typeof LOOKS;
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
      {checks.map(({ name, title, status, statusText, found }) => (
        <li key={name} className={styles.check}>
          <StateIcon look={LOOKS[status]} size="large" label={statusText} />
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
      ))}
    </ol>
  );
}
