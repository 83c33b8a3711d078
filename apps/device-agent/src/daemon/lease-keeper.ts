import type { Denial, RelockOrder } from "@databox-cmk/protocol";

import type { LeaseAnswer } from "../answers/lease-answer.ts";
import { type FailureEvent, isFailure } from "../core/agent-event.ts";
import { describeOutage } from "../core/describe-duration.ts";
import { eventOfClosing, eventOfDenial, eventOfError } from "../core/failure-event.ts";
import {
  acceptRenewal,
  type ClosingCause,
  endOfLease,
  type HeldLease,
  renewalRetry,
} from "../core/lease-state.ts";
import type { Volume } from "../core/ports.ts";
import type { RetryTerms } from "../core/retry-after.ts";
import { withReceipt } from "../core/waiting-receipt.ts";
import { renewLease } from "../exchange/lease-exchange.ts";
import { bootClockMs } from "../state/boot.ts";
import { destroyKeptLease } from "../state/offline-files.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { AskForGrant } from "./ask-for-grant.ts";
import { closeUnrecorded, type Daemon, takeNumber } from "./daemon.ts";
import type { News } from "./lease-watcher.ts";
import { createRetry } from "./retry.ts";

/** A lease that counts boots outlives a boot, and an outage; nothing else. */
const ENDS_FOR_GOOD: ReadonlySet<ClosingCause> = new Set(["order", "rollback"]);

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
/** A delay that the broker signed is kept beyond the time between renewals. */
const SIGNED_RETRY_MAX_MS = 15 * 60_000;
const EXCHANGE_TIMEOUT_MS = 5000;

function deadlineOf(stop: AbortSignal): AbortSignal {
  return AbortSignal.any([stop, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
}

type ClosingNode = Pick<Daemon, "state" | "journal" | "nowIso"> & {
  readonly volume: Pick<Volume, "close">;
  readonly folder: Pick<StateFolder, "path">;
};

export function createLeaseKeeper(
  daemon: ClosingNode & Pick<Daemon, "session" | "context" | "report">,
  askForGrant: AskForGrant,
): LeaseKeeper {
  const { state, session, context, report, nowIso } = daemon;
  const retry = createRetry();
  let toldCode: string | undefined;
  let lastDrill: string | undefined;

  /** Both the push and the renewal may deliver it; it is answered once. */
  const drill = async (lease: HeldLease["id"], id: string) => {
    if (lastDrill === id) return;
    const receipt = { about: "lease", lease, outcome: "drilled", drill: id } as const;
    await state.change((store) => {
      store.update({ receipts: withReceipt(store.current.receipts, receipt) });
    });
    lastDrill = id;
  };

  function ended(): number {
    retry.ended();
    toldCode = undefined;
    return 0;
  }

  /** Not renewed: try again, and report each cause once. */
  function outage(
    lease: HeldLease,
    event: FailureEvent,
    terms: RetryTerms = renewalRetry(lease),
  ): number {
    const waitMs = retry.failed(terms, event.retryAfterSeconds);
    if (toldCode !== event.code)
      report({ ...event, detail: describeOutage(lease, bootClockMs(), nowIso()) });
    toldCode = event.code;
    return waitMs;
  }

  /** The broker answered: what it said is shown, and named if the volume closes for it. */
  async function hindered(lease: HeldLease, event: FailureEvent): Promise<number> {
    const { code, reason } = event;
    const held = { ...lease, hindered: { code, reason } };
    if (lease.hindered?.code !== code || lease.hindered.reason !== reason)
      await state.change((store) => {
        const { lock } = store.current;
        if (lock.kind !== "unlocked" || lock.lease?.id !== lease.id) return;
        store.update({ lock: { ...lock, lease: { ...lock.lease, hindered: held.hindered } } });
      });
    const { maxMs, ...terms } = renewalRetry(lease);
    const end = endOfLease(lease);
    // At least once more before the volume closes.
    const leftMs = end.kind === "time" ? Math.max(0, end.atMs - bootClockMs()) : Infinity;
    const askedMs = Math.min(
      SIGNED_RETRY_MAX_MS,
      leftMs / 4,
      (event.retryAfterSeconds ?? 0) * 1000,
    );
    return outage(held, event, { ...terms, maxMs: Math.max(maxMs, askedMs * 2) });
  }

  /**
   * A broker that was restored from a backup, or whose clock was wrong, does not know the lease. A
   * later renewal cannot succeed either, and the answer is not a refusal, so a new grant is
   * requested.
   */
  async function replace(lease: HeldLease): Promise<number> {
    const event = await askForGrant();
    if (isFailure(event) && event.relocked !== true) return hindered(lease, event);
    report(event);
    return ended();
  }

  async function renew(lease: HeldLease, stop: AbortSignal): Promise<number> {
    const waitMs = retry.waitMs();
    if (waitMs > 0) return waitMs;
    try {
      const numbered = await takeNumber(state);
      const askedAtMs = bootClockMs();
      const answer = await renewLease(session(deadlineOf(stop)), lease, numbered);
      return await take(lease, answer, askedAtMs);
    } catch (error) {
      // A disk that takes no counter is an outage too: at the lease's end, this daemon must act.
      return stop.aborted ? 0 : outage(lease, eventOfError(error, context()));
    }
  }

  async function take(
    lease: HeldLease,
    answer: LeaseAnswer,
    answeredAtMs: number,
  ): Promise<number> {
    switch (answer.kind) {
      case "relock":
        return close(lease, "order", answer.order);
      case "denial":
        // Said once, it may be that another renewal came first.
        return answer.denial.code === "LeaseInvalid" && lease.hindered?.code === "LeaseInvalid"
          ? replace(lease)
          : hindered(lease, eventOfDenial(answer.denial, context()));
      case "renewed": {
        const { renewed } = answer;
        if (renewed.drill !== undefined) await drill(lease.id, renewed.drill);
        // A wait at a former broker renews nothing.
        if (renewed.lease.sequence <= lease.sequence) return 0;
        await state.change((store) => {
          const { lock } = store.current;
          if (lock.kind !== "unlocked" || lock.lease?.id !== lease.id) return;
          store.update({
            lock: { ...lock, lease: acceptRenewal(lock.lease, renewed.lease, answeredAtMs) },
          });
        });
        return ended();
      }
    }
  }

  async function close(
    lease: HeldLease,
    cause: ClosingCause,
    order?: RelockOrder,
  ): Promise<number> {
    let event: FailureEvent;
    try {
      // A former attempt may have stored the order.
      const denial = cause === "order" ? (denialOf(order) ?? state.read().refusal) : undefined;
      event = { ...eventOfClosing(cause, lease, denial, context()), relocked: true };
      if (!(await closeVolume(daemon, lease.id, cause, event, denial))) return 0;
    } catch (error) {
      report(eventOfError(error, context()));
      await closeUnrecorded(daemon, error, (lock) => lock.lease?.id === lease.id);
      return CLOSE_RETRY_MS;
    }
    report(event);
    return ended();
  }

  return {
    async hear({ lease, answer, answeredAtMs }) {
      try {
        return await take(lease, answer, answeredAtMs);
      } catch (error) {
        report(eventOfError(error, context())); // The next answer brings it again.
        return 0;
      }
    },
    renew,
    close,
  };
}

function denialOf(order: RelockOrder | undefined): Denial | undefined {
  if (order === undefined) return undefined;
  const { lease: _lease, sequence: _sequence, ...denial } = order;
  return denial;
}

/**
 * Decision, volume, journal, state, in this order: after a crash between any two, the next start
 * finds the decision and finishes the rest. An unlock or lock that came first has made it obsolete.
 *
 * @returns whether the lease was still held
 */
function closeVolume(
  { state, volume, folder, journal, nowIso }: ClosingNode,
  id: string,
  cause: ClosingCause,
  { code, reason = "" }: Pick<FailureEvent, "code" | "reason">,
  refusal: Denial | undefined,
): Promise<boolean> {
  return state.change(async (store) => {
    const { lock } = store.current;
    if (lock.kind !== "unlocked" || lock.lease?.id !== id) return false;
    // Before anything is written: a full disk must not keep what opens the volume at the next boot.
    if (ENDS_FOR_GOOD.has(cause)) destroyKeptLease(folder.path);
    if (lock.lease.closing === undefined)
      store.update({ refusal, lock: { ...lock, lease: { ...lock.lease, closing: cause } } });
    await volume.close(lock.mapping);
    const journalHead = journal().append("relocked", { lease: id, cause, code, reason });
    // The receipt is queued in the same write, so the broker will receive it in any case.
    const receipt = { about: "lease", lease: id, outcome: "relocked", cause } as const;
    const receipts = withReceipt(store.current.receipts, receipt);
    const since = nowIso();
    store.update({ journalHead, receipts, refusal, lock: { kind: "locked", since } });
    return true;
  });
}
