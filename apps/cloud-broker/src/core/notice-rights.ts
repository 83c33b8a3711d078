import { EVENT_TYPES, type EventType } from "./cloud-event.ts";
import { ACTIONS } from "./permissions.ts";

/** Kinds of events that a person can choose: those of an order. */
export type PersonalEventType = Exclude<EventType, typeof EVENT_TYPES.campaignFinished>;

/** The action on the order that a person needs to be told of an event. */
export const NOTICE_RIGHTS = {
  [EVENT_TYPES.keyHealthChanged]: ACTIONS.readKeyHealth,
  [EVENT_TYPES.approvalWaiting]: ACTIONS.approve,
  [EVENT_TYPES.approvalDecided]: ACTIONS.readApprovals,
  [EVENT_TYPES.breakGlass]: ACTIONS.readApprovals,
  [EVENT_TYPES.drillFinished]: ACTIONS.readRevocationDrill,
} as const satisfies Record<PersonalEventType, string>;
