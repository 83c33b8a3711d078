import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CheckmarkRegular,
  DismissCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { AuditRow } from "../api/activity.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  outcome: { display: "flex", flexDirection: "column", minWidth: 0 },
  badge: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  icon: { display: "flex", flexShrink: 0, fontSize: "16px" },
  granted: { color: tokens.colorStatusSuccessForeground1 },
  done: { color: tokens.colorNeutralForeground2 },
  refused: { color: tokens.colorStatusDangerForeground1 },
  failed: { color: tokens.colorStatusWarningForeground3 },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    overflowWrap: "anywhere",
  },
});

const ICONS = {
  granted: CheckmarkCircleFilled,
  done: CheckmarkRegular,
  refused: DismissCircleFilled,
  failed: WarningFilled,
} as const satisfies Record<AuditRow["outcome"], unknown>;

/** The result of an action, and its code. */
export function OutcomeBadge({
  row: { outcome, code, reason },
}: {
  readonly row: Pick<AuditRow, "outcome" | "code" | "reason">;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const Icon = ICONS[outcome];
  return (
    <span className={styles.outcome}>
      <span className={styles.badge}>
        <span className={mergeClasses(styles.icon, styles[outcome])} aria-hidden>
          <Icon />
        </span>
        {texts.activity.outcomes[outcome]}
      </span>
      {code !== undefined && (
        <span className={styles.code}>{reason === undefined ? code : `${code} · ${reason}`}</span>
      )}
    </span>
  );
}
