import type { KeyHealthState } from "@databox-cmk/protocol";
import { StateIcon, type StateLook } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
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
  // Aligns the badge with the baseline of the text beside it, not with its icon's lower edge.
  text: { alignSelf: "baseline" },
});

const LOOKS = {
  Healthy: [CheckmarkCircleFilled, "good"],
  AtRisk: [WarningFilled, "watch"],
  Unusable: [DismissCircleFilled, "bad"],
  Unknown: [QuestionCircleRegular, "none"],
  NotWatched: [SubtractCircleRegular, "none"],
} as const satisfies Record<KeyHealthState, StateLook>;

export function HealthBadge({
  health,
}: {
  readonly health: { readonly state: KeyHealthState };
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <span className={styles.badge}>
      <StateIcon look={LOOKS[health.state]} />
      <span className={styles.text}>{texts.healthStates[health.state]}</span>
    </span>
  );
}
