import type { LockState } from "@databox-cmk/protocol";
import { StateBadge, type StateLook } from "@databox-cmk/ui";
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
  return (
    <StateBadge look={LOOKS[lock]} name={useTexts().lockStates[lock]}>
      {serial !== undefined && <span className={styles.serial}>{serial}</span>}
    </StateBadge>
  );
}
