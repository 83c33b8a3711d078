import type { EpochMs } from "./order.ts";

const DAY_MS = 86_400_000;

/**
 * How long an order needs its key from the day it enters a stage, in days: shipping a week each way, the ten days that an
 * appliance stays without extra fee (Data Box pricing page), copy and erasure. An estimate on the long side: a warning
 * that comes early costs nothing.
 */
const DAYS_LEFT: Readonly<Record<string, number>> = {
  DeviceOrdered: 60,
  DevicePrepared: 50,
  Dispatched: 45,
  Delivered: 35,
  PickedUp: 21,
  AtAzureDC: 14,
  DataCopy: 10,
};

/** When an order will probably need its key no more. */
export function expectedEndMs(stage: string, enteredAtMs: EpochMs): EpochMs {
  return enteredAtMs + (DAYS_LEFT[stage] ?? 0) * DAY_MS;
}
