import {
  OPERATIONS,
  type OperationName,
  type OperatorOrder,
  STAGE_NAMES,
} from "@databox-cmk/protocol";

import { decideTransition, type Lifecycle, type LifecycleEvent } from "./lifecycle.ts";
import { stageRules } from "./stages.ts";

/**
 * The event that each operator call causes; it names the usual outcome, since every outcome is
 * possible where one is.
 */
const EVENTS = {
  prepare: { kind: "prepare" },
  dispatch: { kind: "dispatch" },
  deliver: { kind: "deliver" },
  pickUp: { kind: "pickUp" },
  receive: { kind: "receive" },
  startCopy: { kind: "startCopy" },
  complete: { kind: "complete", outcome: "Completed" },
  fail: { kind: "fail", outcome: "Aborted" },
  erase: { kind: "erase" },
} as const satisfies Record<OperationName, LifecycleEvent>;

/**
 * Every operation: whether the order accepts it now, and from which stages it leads on. Repeating
 * one changes nothing, so it is not offered.
 */
export function operationsOf(order: Lifecycle): OperatorOrder["operations"] {
  return OPERATIONS.map((name) => ({
    name,
    allowed: isChange(order, EVENTS[name]),
    stages: STAGE_NAMES.filter((stage) =>
      isChange(
        { ...order, erased: false, stage, stageStatus: stageRules(stage).entryStatus },
        EVENTS[name],
      ),
    ),
  }));
}

function isChange(order: Lifecycle, event: LifecycleEvent): boolean {
  const next = decideTransition(order, event);
  return next.ok && next.value !== order;
}
