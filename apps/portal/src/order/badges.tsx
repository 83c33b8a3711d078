import type { KeyHealthState, LockState, ShippingLight } from "@databox-cmk/protocol";
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

const LIGHTS = {
  Ready: [CheckmarkCircleFilled, "good"],
  Attention: [WarningFilled, "watch"],
  Stop: [DismissCircleFilled, "bad"],
} as const satisfies Record<ShippingLight, StateLook>;

/** Whether an order may be dispatched. */
export function ShippingBadge({ light }: { readonly light: ShippingLight }): ReactElement {
  return <StateBadge look={LIGHTS[light]} name={useTexts().order.shipping.lights[light]} />;
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
