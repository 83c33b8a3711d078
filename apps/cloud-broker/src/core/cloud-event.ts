import { type EpochMs, type OrderId, subscriptionOf } from "./order.ts";

export const CLOUD_EVENT_MEDIA_TYPE = "application/cloudevents+json";

/** Every kind of event that receivers get; `type` of the CloudEvent. */
export const EVENT_TYPES = {
  keyHealthChanged: "com.databox-cmk.key-health.changed",
  approvalWaiting: "com.databox-cmk.approval.waiting",
  approvalDecided: "com.databox-cmk.approval.decided",
  breakGlass: "com.databox-cmk.break-glass.opened",
  emergencyUsed: "com.databox-cmk.emergency.used",
  policyChanged: "com.databox-cmk.policy.changed",
  accessRevoked: "com.databox-cmk.access.revoked",
  drillFinished: "com.databox-cmk.drill.finished",
  campaignFinished: "com.databox-cmk.campaign.finished",
} as const;
export type EventType = (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES];

/** The kind of an event, and its order or campaign. A campaign can have several customers. */
export type EventSubject =
  | {
      readonly type: Exclude<EventType, typeof EVENT_TYPES.campaignFinished>;
      readonly order: OrderId;
    }
  /** A kill switch over a subscription, in lower case, or over all orders: `*`. */
  | { readonly type: typeof EVENT_TYPES.accessRevoked; readonly subscription: string }
  | { readonly type: typeof EVENT_TYPES.campaignFinished; readonly campaign: string };

/** @returns `*` for all; undefined: of a campaign */
export function subscriptionOfEvent(subject: EventSubject): string | undefined {
  if ("order" in subject) return subscriptionOf(subject.order);
  return "subscription" in subject ? subject.subscription : undefined;
}

type Content = { readonly atMs: EpochMs; readonly data: object };

/** A change that is announced to receivers. Its id is a new one by default. */
export type News = EventSubject & Content & { readonly id?: string };

/** The signed ends of the activity of many orders, for programs alone. */
type ActivityHeads = { readonly type: "com.databox-cmk.activity.heads" };

export type CloudEvent = (EventSubject | ActivityHeads) &
  Content & {
    /** UUID. With `source` it identifies the event, however often it is sent. */
    readonly id: string;
    readonly source: string;
  };

/**
 * CloudEvents 1.0.2, JSON format, structured mode (§3.2 of its HTTP binding). Written by hand: the
 * `cloudevents` SDK brings a JSON-schema compiler to write these eight members.
 */
export function renderCloudEvent(event: CloudEvent): string {
  const [subject, about] =
    "order" in event
      ? [event.order, { orderId: event.order }]
      : "campaign" in event
        ? [`campaigns/${event.campaign}`, { campaignId: event.campaign }]
        : "subscription" in event
          ? [`subscriptions/${event.subscription}`, { subscriptionId: event.subscription }]
          : [];
  return JSON.stringify({
    specversion: "1.0",
    id: event.id,
    source: event.source,
    type: event.type,
    subject,
    time: new Date(event.atMs).toISOString(),
    datacontenttype: "application/json",
    data: { ...about, ...event.data },
  });
}
