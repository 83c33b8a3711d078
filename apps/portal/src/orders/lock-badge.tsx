import type { LockState } from "@databox-cmk/protocol";
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  ClockRegular,
  LockClosedFilled,
  LockOpenFilled,
  ShieldDismissRegular,
  SubtractCircleRegular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  badge: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  icon: { display: "flex", flexShrink: 0, fontSize: "16px" },
  // Aligns the badge with the baseline of the text beside it, not with its icon's lower edge. A
  // narrow table's column is as wide as its longest word.
  text: { alignSelf: "baseline", overflowWrap: "break-word" },
  serial: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  notPrepared: { color: tokens.colorNeutralForeground3 },
  locked: { color: tokens.colorNeutralForeground2 },
  // Not the colour of health: an open volume is neither good nor bad.
  unlocked: { color: tokens.colorBrandForeground1 },
  grace: { color: tokens.colorStatusWarningForeground3 },
  revoked: { color: tokens.colorStatusDangerForeground1 },
});

const ICONS = {
  notPrepared: SubtractCircleRegular,
  locked: LockClosedFilled,
  unlocked: LockOpenFilled,
  grace: ClockRegular,
  revoked: ShieldDismissRegular,
} as const satisfies Record<LockState, unknown>;

/** @param serial - if more than one node is shown. */
export function LockBadge({
  lock,
  serial,
}: {
  readonly lock: LockState;
  readonly serial?: string | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const Icon = ICONS[lock];
  return (
    <span className={styles.badge}>
      <span className={mergeClasses(styles.icon, styles[lock])} aria-hidden>
        <Icon />
      </span>
      <span className={styles.text}>{texts.lockStates[lock]}</span>
      {serial !== undefined && <span className={styles.serial}>{serial}</span>}
    </span>
  );
}
