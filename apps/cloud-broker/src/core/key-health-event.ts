import type { NextStep } from "@databox-cmk/errors";

import type { KeyHealth } from "./key-health.ts";
import type { EpochMs, OrderId } from "./order.ts";

const KEY_HEALTH_CHANGED = "com.databox-cmk.key-health.changed";
export const CLOUD_EVENT_MEDIA_TYPE = "application/cloudevents+json";

export type KeyHealthChange = {
  /** UUID: with `source` the identity of the event, whatever number of times it is sent. */
  readonly id: string;
  readonly source: string;
  readonly order: OrderId;
  readonly kid: string | undefined;
  readonly atMs: EpochMs;
  readonly before: KeyHealth;
  readonly after: KeyHealth;
  readonly nextStep: NextStep;
};

/**
 * CloudEvents 1.0.2, JSON format, structured mode (§3.2 of its HTTP binding). By hand: the `cloudevents` SDK, which was
 * looked at, brings a JSON-schema compiler to write these eight members.
 */
export function renderKeyHealthEvent(change: KeyHealthChange): string {
  const { id, source, order, kid, atMs, before, after, nextStep } = change;
  return JSON.stringify({
    specversion: "1.0",
    id,
    source,
    type: KEY_HEALTH_CHANGED,
    subject: order,
    time: new Date(atMs).toISOString(),
    datacontenttype: "application/json",
    data: {
      orderId: order,
      ...(kid === undefined ? {} : { kid }),
      before: { state: before.state },
      after: renderHealth(after),
      nextStep,
    },
  });
}

function renderHealth(health: KeyHealth): object {
  switch (health.state) {
    case "unknown":
    case "healthy":
      return { state: health.state };
    case "at-risk":
      return {
        state: health.state,
        risks: health.risks.map(({ risk, atMs }) => ({
          risk,
          ...(atMs === undefined ? {} : { at: new Date(atMs).toISOString() }),
        })),
      };
    case "unusable": {
      const { state, code, reason } = health;
      return { state, code, ...(reason === undefined ? {} : { reason }) };
    }
  }
}
