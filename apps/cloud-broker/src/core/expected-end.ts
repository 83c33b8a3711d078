import type { StageName } from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

/**
 * How long an order needs its key from the day it enters a stage, in days: a week of shipping each
 * way, the ten days that an appliance stays without extra fee (Data Box pricing page), copy and
 * erasure. The estimate is long, because an early warning costs nothing.
 */
const DAYS_LEFT: Readonly<Record<StageName, number>> = {
  DeviceOrdered: 60,
  DevicePrepared: 50,
  Dispatched: 45,
  Delivered: 35,
  PickedUp: 21,
  AtAzureDC: 14,
  DataCopy: 10,
  Completed: 0,
  CompletedWithErrors: 0,
  CompletedWithWarnings: 0,
  Cancelled: 0,
  Aborted: 0,
  Failed_IssueReportedAtCustomer: 0,
  Failed_IssueDetectedAtAzureDC: 0,
};

/** When an order will probably no longer need its key. */
export function expectedEndMs(stage: StageName, enteredAtMs: EpochMs): EpochMs {
  return enteredAtMs + (Object.hasOwn(DAYS_LEFT, stage) ? DAYS_LEFT[stage] : 0) * DAY_MS;
}
