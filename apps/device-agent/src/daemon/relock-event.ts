import { AppError } from "@databox-cmk/errors";
import type { RelockOrder } from "@databox-cmk/protocol";

import type { FailureEvent } from "../core/agent-event.ts";
import { eventOfDenial, eventOfError } from "../core/failure-event.ts";
import type { ErrorContext } from "../core/failure-event.ts";
import type { ClosingCause } from "../core/lease-state.ts";

const WHY = {
  order: "the broker ordered the volume to be closed",
  outage: "there was no authoritative answer within the outage grace period",
  boot: "the machine was restarted, which ends a lease",
  rollback: "the state of this node was set back, so its lease is no longer valid",
} as const satisfies Record<ClosingCause, string>;

/**
 * The text for a person when a volume was closed: the broker's own, or the reason of this machine's
 * own decision.
 */
export function relockEvent(
  cause: ClosingCause,
  order: RelockOrder | undefined,
  context: ErrorContext,
): FailureEvent {
  if (order !== undefined) {
    const { lease: _lease, sequence: _sequence, ...denial } = order;
    return eventOfDenial(denial, { ...context, relocked: true });
  }
  const error = ownError(cause);
  return { ...eventOfError(error, context), relocked: true };
}

function ownError(cause: ClosingCause): AppError {
  const detail = WHY[cause];
  switch (cause) {
    case "order":
      return new AppError("UnlockRevoked", { detail });
    case "outage":
      return new AppError("BrokerUnreachable", { detail });
    case "boot":
    case "rollback":
      return new AppError("LeaseInvalid", { detail });
  }
}
