import type { KeyHealthState } from "@databox-cmk/protocol";
import { StateBadge, type StateLook } from "@databox-cmk/ui";
import {
  CheckmarkCircleFilled,
  DismissCircleFilled,
  QuestionCircleRegular,
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

export function HealthBadge({
  health,
}: {
  readonly health: { readonly state: KeyHealthState };
}): ReactElement {
  return <StateBadge look={LOOKS[health.state]} name={useTexts().healthStates[health.state]} />;
}
