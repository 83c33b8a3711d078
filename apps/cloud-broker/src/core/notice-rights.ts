import type { Action } from "./actions.ts";
import { EVENT_TYPES, type EventType } from "./cloud-event.ts";

/** Kinds of events that a person can choose: those of an order. */
export type PersonalEventType = Exclude<EventType, typeof EVENT_TYPES.campaignFinished>;

/** The action on the order that a person needs to be told of an event. */
export const NOTICE_RIGHTS = {
  [EVENT_TYPES.keyHealthChanged]: "Microsoft.DataBox/jobs/keyHealth/read",
  [EVENT_TYPES.approvalWaiting]: "Microsoft.DataBox/jobs/approvals/approve/action",
  [EVENT_TYPES.approvalDecided]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.breakGlass]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.drillFinished]: "Microsoft.DataBox/jobs/revocationDrill/read",
} as const satisfies Record<PersonalEventType, Action>;
