import type { KeyHealthState, LockState, ShippingState } from "@databox-cmk/protocol";
import { StateBadge, type StateLook } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  ClockRegular,
  DismissCircleFilled,
  LockClosedFilled,
  LockOpenFilled,
  QuestionCircleRegular,
  ShieldDismissRegular,
  SubtractCircleRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const LOOKS = {
  Healthy: [CheckmarkCircleFilled, "good"],
  AtRisk: [WarningFilled, "watch"],
  Unusable: [DismissCircleFilled, "bad"],
  Unknown: [QuestionCircleRegular, "none"],
  NotWatched: [SubtractCircleRegular, "none"],
} as const satisfies Record<KeyHealthState, StateLook>;

type Health = { readonly state: KeyHealthState };

export function HealthBadge({ health }: { readonly health: Health }): ReactElement {
  return <StateBadge look={LOOKS[health.state]} name={useTexts().healthStates[health.state]} />;
}

const SHIPPING_LOOKS = {
  Passed: LOOKS.Healthy,
  Attention: LOOKS.AtRisk,
  Failed: LOOKS.Unusable,
  Open: LOOKS.Unknown,
} as const satisfies Record<ShippingState, StateLook>;

/** Whether an order may be dispatched, or one check of this. */
export function ShippingBadge({
  of,
  state,
}: {
  readonly of: "lights" | "states";
  readonly state: ShippingState;
}): ReactElement {
  return <StateBadge look={SHIPPING_LOOKS[state]} name={useTexts().order.shipping[of][state]} />;
}

const useLockStyles = makeStyles({
  serial: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
});

const LOCK_LOOKS = {
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
  const styles = useLockStyles();
  return (
    <StateBadge look={LOCK_LOOKS[lock]} name={useTexts().lockStates[lock]}>
      {serial !== undefined && <span className={styles.serial}>{serial}</span>}
    </StateBadge>
  );
}
