import type { NextStep } from "@databox-cmk/errors";

import { EVENT_TYPES, renderCloudEvent } from "./cloud-event.ts";
import type { KeyHealth } from "./key-health.ts";
import type { EpochMs, OrderId } from "./order.ts";

export type KeyHealthChange = {
  /** UUID. With `source` it identifies the event, however often it is sent. */
  readonly id: string;
  readonly source: string;
  readonly order: OrderId;
  readonly kid: string | undefined;
  readonly atMs: EpochMs;
  readonly before: KeyHealth;
  readonly after: KeyHealth;
  readonly nextStep: NextStep;
};

export function renderKeyHealthEvent(change: KeyHealthChange): string {
  const { id, source, order, kid, atMs, before, after, nextStep } = change;
  return renderCloudEvent({
    id,
    source,
    type: EVENT_TYPES.keyHealthChanged,
    order,
    atMs,
    data: {
      kid,
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
          at: atMs === undefined ? undefined : new Date(atMs).toISOString(),
        })),
      };
    case "unusable": {
      const { state, code, reason } = health;
      return { state, code, reason };
    }
  }
}
