import { AppError, type Facts } from "@databox-cmk/errors";
import type { RelockOrder } from "@databox-cmk/protocol";

import type { AgentEvent, FailureEvent } from "../core/agent-event.ts";
import { describeOutage } from "../core/describe-lease-end.ts";
import { type ErrorContext, eventOfDenial, eventOfError } from "../core/failure-event.ts";
import {
  acceptRenewal,
  type ClosingCause,
  type HeldLease,
  retryAfterMs,
} from "../core/lease-state.ts";
import type { Volume } from "../core/ports.ts";
import { withReceipt } from "../core/waiting-receipt.ts";
import { type LeaseSession, renewLease } from "../exchange/lease-exchange.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { bootClockMs } from "../state/boot-clock.ts";
import { closeVolume } from "./close-volume.ts";
import type { News } from "./lease-watcher.ts";
import type { NodeState } from "./node-state.ts";
import { NO_JOURNAL_HEAD } from "./receipt-courier.ts";

const WHY = {
  order: "the broker ordered the volume to be closed",
  outage: "there was no authoritative answer within the outage grace period",
  boot: "the machine was restarted, which ends a lease",
  rollback: "the state of this node was set back, so its lease is no longer valid",
} as const satisfies Record<ClosingCause, string>;
export type KeeperDependencies = {
  readonly session: LeaseSession;
  readonly state: NodeState;
  readonly volume: Volume;
  /** Values for the steps of a failure. */
  readonly known: Facts;
  readonly journalPath: string;
  readonly readBootId: () => string;
  readonly nowIso: () => string;
  readonly elapsedMs: () => number;
  readonly report: (event: AgentEvent) => void;
  /** 0 to 1. */
  readonly random: () => number;
};

/**
 * Each member returns the latest time of its next call, in milliseconds; none throws for an outage.
 */
export type LeaseKeeper = {
  /** An answer that the broker pushed. */
  hear(news: News): Promise<number>;
  renew(lease: HeldLease, stop: AbortSignal): Promise<number>;
  close(lease: HeldLease, cause: ClosingCause, order?: RelockOrder): Promise<number>;
};

const CLOSE_RETRY_MS = 1000;
const EXCHANGE_TIMEOUT_MS = 5000;

function deadline(stop: AbortSignal): AbortSignal {
  return AbortSignal.any([stop, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
}

export function createLeaseKeeper(dependencies: KeeperDependencies): LeaseKeeper {
  const { state, readBootId, elapsedMs, report, random } = dependencies;
  const session = (): LeaseSession => ({ ...dependencies.session, bootId: readBootId() });
  let failures = 0;
  let retryAtMs = 0;
  let isOutageTold = false;
  let lastDrill: string | undefined;

  const context = () => ({
    event: "serve" as const,
    node: dependencies.session.serial,
    volume: dependencies.volume.kind,
    elapsedMs: roundToTenth(elapsedMs()),
    known: dependencies.known,
  });
  const number = () =>
    state.change((store) => ({
      counter: store.nextCounter(),
      journalHead: store.current.journalHead ?? NO_JOURNAL_HEAD,
    }));

  /** Both the push and the renewal may deliver it; it is answered once. */
  const drill = async (lease: HeldLease, id: string) => {
    if (lastDrill === id) return;
    lastDrill = id;
    const receipt = { about: "lease", lease: lease.id, outcome: "drilled", drill: id } as const;
    await state.change((store) => {
      store.update({ receipts: withReceipt(store.current.receipts, receipt) });
    });
  };

  /** No authoritative answer: try again, and report it once. */
  function outage(lease: HeldLease, event: FailureEvent): number {
    failures += 1;
    const waitMs = retryAfterMs(lease, failures, random(), event.retryAfterSeconds);
    retryAtMs = performance.now() + waitMs;
    if (!isOutageTold)
      report({ ...event, detail: describeOutage(lease, bootClockMs(), dependencies.nowIso()) });
    isOutageTold = true;
    return waitMs;
  }

  async function renew(lease: HeldLease, stop: AbortSignal): Promise<number> {
    const waitMs = retryAtMs - performance.now();
    if (failures > 0 && waitMs > 0) return waitMs;
    let answer: Awaited<ReturnType<typeof renewLease>>;
    const numbered = await number();
    const askedAtMs = bootClockMs();
    try {
      answer = await renewLease({ ...session(), deadline: deadline(stop) }, lease, numbered);
    } catch (error) {
      return stop.aborted ? 0 : outage(lease, eventOfError(error, context()));
    }
    switch (answer.kind) {
      case "relock":
        return close(lease, "order", answer.order);
      case "denial":
        return outage(lease, eventOfDenial(answer.denial, context()));
      case "renewed": {
        const { renewed } = answer;
        failures = 0;
        isOutageTold = false;
        await state.change((store) => {
          const { lock } = store.current;
          if (lock.kind !== "unlocked" || lock.lease?.id !== lease.id) return;
          store.update({
            lock: { ...lock, lease: acceptRenewal(lock.lease, renewed.lease, askedAtMs) },
          });
        });
        if (renewed.drill !== undefined) await drill(lease, renewed.drill);
        return 0;
      }
    }
  }

  async function close(
    lease: HeldLease,
    cause: ClosingCause,
    order?: RelockOrder,
  ): Promise<number> {
    const event = relockEvent(cause, order, context());
    try {
      const { code, reason = "" } = event;
      const closing = { lease: lease.id, cause, code, reason };
      const head = await closeVolume({ ...dependencies, bootId: readBootId() }, closing);
      if (head === undefined) return 0;
    } catch (error) {
      report(eventOfError(error, context()));
      return CLOSE_RETRY_MS;
    }
    failures = 0;
    isOutageTold = false;
    report(relockEvent(cause, order, context()));
    return 0;
  }

  return {
    async hear({ lease, answer }) {
      if (answer.kind === "relock") return close(lease, "order", answer.order);
      if (answer.kind === "renewed" && answer.renewed.drill !== undefined)
        await drill(lease, answer.renewed.drill);
      return 0;
    },
    renew,
    close,
  };
}

/**
 * The text for a person when a volume was closed: the broker's own, or the reason of this machine's
 * own decision.
 */
function relockEvent(
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
