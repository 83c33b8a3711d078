import type { LockState } from "@databox-cmk/protocol";
import { StateIcon, type StateLook } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
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
  // Aligns the badge with the baseline of the text beside it, not with its icon's lower edge. A
  // narrow table's column is as wide as its longest word.
  text: { alignSelf: "baseline", overflowWrap: "break-word" },
  serial: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
});

const LOOKS = {
  notPrepared: [SubtractCircleRegular, "none"],
  locked: [LockClosedFilled, "quiet"],
  // Not the colour of health: an open volume is neither good nor bad.
  unlocked: [LockOpenFilled, "going"],
  grace: [ClockRegular, "watch"],
  revoked: [ShieldDismissRegular, "bad"],
} as const satisfies Record<LockState, StateLook>;

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
  return (
    <span className={styles.badge}>
      <StateIcon look={LOOKS[lock]} />
      <span className={styles.text}>{texts.lockStates[lock]}</span>
      {serial !== undefined && <span className={styles.serial}>{serial}</span>}
    </span>
  );
}
