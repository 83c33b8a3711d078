import type { EpochMs, OrderId } from "./order.ts";

export const CLOUD_EVENT_MEDIA_TYPE = "application/cloudevents+json";

/** Every kind of event that receivers get; `type` of the CloudEvent. */
export const EVENT_TYPES = {
  keyHealthChanged: "com.databox-cmk.key-health.changed",
  approvalWaiting: "com.databox-cmk.approval.waiting",
  approvalDecided: "com.databox-cmk.approval.decided",
  breakGlass: "com.databox-cmk.break-glass.opened",
} as const;
export type EventType = (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES];

export type CloudEvent = {
  /** UUID. With `source` it identifies the event, however often it is sent. */
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly order: OrderId;
  readonly atMs: EpochMs;
  readonly data: object;
};

/**
 * CloudEvents 1.0.2, JSON format, structured mode (§3.2 of its HTTP binding). Written by hand: the
 * `cloudevents` SDK brings a JSON-schema compiler to write these eight members.
 */
export function renderCloudEvent({ id, source, type, order, atMs, data }: CloudEvent): string {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source,
    type,
    subject: order,
    time: new Date(atMs).toISOString(),
    datacontenttype: "application/json",
    data: { orderId: order, ...data },
  });
}
