import type { KeyHealthState } from "@databox-cmk/protocol";
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  DismissCircleFilled,
  QuestionCircleRegular,
  SubtractCircleRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  badge: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  icon: { display: "flex", flexShrink: 0, fontSize: "16px" },
  // Aligns the badge with the baseline of the text beside it, not with its icon's lower edge.
  text: { alignSelf: "baseline" },
  Healthy: { color: tokens.colorStatusSuccessForeground1 },
  AtRisk: { color: tokens.colorStatusWarningForeground3 },
  Unusable: { color: tokens.colorStatusDangerForeground1 },
  Unknown: { color: tokens.colorNeutralForeground3 },
  NotWatched: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  Healthy: CheckmarkCircleFilled,
  AtRisk: WarningFilled,
  Unusable: DismissCircleFilled,
  Unknown: QuestionCircleRegular,
  NotWatched: SubtractCircleRegular,
} as const satisfies Record<KeyHealthState, unknown>;

export function HealthBadge({
  health,
}: {
  readonly health: { readonly state: KeyHealthState };
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const Icon = ICONS[health.state];
  return (
    <span className={styles.badge}>
      <span className={mergeClasses(styles.icon, styles[health.state])} aria-hidden>
        <Icon />
      </span>
      <span className={styles.text}>{texts.healthStates[health.state]}</span>
    </span>
  );
}
