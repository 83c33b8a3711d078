import {
  heldMs as heldMsSchema,
  renewalIntervalMs,
  type RenewedLease,
} from "@databox-cmk/protocol";

import type { LeaseAnswer } from "../answers/lease-answer.ts";
import { type HeldLease, renewalRetry } from "../core/lease-state.ts";
import { watchLease } from "../exchange/lease-exchange.ts";
import { connect } from "../node/connect.ts";
import { bootClockMs } from "../state/boot.ts";
import type { Daemon } from "./daemon.ts";
import { askedSecondsOf, createRetry } from "./retry.ts";

/** `answeredAtMs`: not later than the answer left the broker, on the boot clock. */
export type News = {
  readonly lease: HeldLease;
  readonly answer: LeaseAnswer;
  readonly answeredAtMs: number;
};

/**
 * One wait at the broker at a time, which also renews the lease. It has a connection of its own, so
 * that a renewal by itself is possible beside it.
 */
export type LeaseWatcher = Disposable & {
  /**
   * Begins to wait for this lease, unless it already waits or failed a moment ago.
   *
   * @returns milliseconds until it may begin; Infinity while it waits
   */
  keepWatching(lease: HeldLease): number;
  /** It waits, and a broker of this version renews the lease with the answer. */
  readonly isRenewing: boolean;
  /** The answers since the last call. */
  take(): News | undefined;
};

/**
 * The broker answers when a renewal is due, within 45 s, or within 20 s if it is a former one; a
 * longer silence means a dead connection.
 */
const silenceMs = (lease: HeldLease): number =>
  Math.min(55_000, Math.max(30_000, renewalIntervalMs(lease) + 10_000));
/** Limits the requests to a broker that answers at once again and again. */
const BETWEEN_WATCHES_MS = 200;
/** A broker holds an answer without news for longer, unless it has no place or is closing. */
const UNHELD_MS = 500;
/** Until a drill's receipt has arrived, each answer brings it again. */
const AFTER_KNOWN_DRILL_MS = 1000;
/** After an answer that was not held: a little before the renewal is due. */
const afterUnheldMs = (lease: HeldLease): number =>
  Math.min(20_000, 0.9 * renewalIntervalMs(lease));

/** @param wake - ends the daemon's wait */
export function createLeaseWatcher(
  {
    session,
    state,
    settings,
    folder,
    nowIso,
  }: Pick<Daemon, "session" | "state" | "settings" | "folder" | "nowIso">,
  wake: () => void,
): LeaseWatcher {
  const transport = connect(settings.connection, { stateDir: folder.path, nowIso });
  let running: { readonly lease: string; readonly abort: AbortController } | undefined;
  let news: News | undefined;
  /** Until an answer shows that the broker is of a former version. */
  let renewsByWait = true;
  let lastDrill: string | undefined;
  const retry = createRetry();

  async function wait(lease: HeldLease, abort: AbortController): Promise<void> {
    const deadline = AbortSignal.any([abort.signal, AbortSignal.timeout(silenceMs(lease))]);
    const again = (askedSeconds?: number) => retry.failed(renewalRetry(lease), askedSeconds);
    try {
      const counter = await state.change((store) => store.nextCounter());
      const askedAtMs = bootClockMs();
      const answer = await watchLease(session(deadline, transport), lease, counter);
      if (answer.kind === "denial") {
        // Of a broker that renews by waits: a former one counts a wait when it comes.
        renewsByWait = true;
        again();
        return;
      }
      const renewed = answer.kind === "renewed" ? answer.renewed : undefined;
      const heldMs = heldMsOf(renewed);
      if (renewed !== undefined) renewsByWait = heldMs !== undefined;
      const isUnheld = heldMs !== undefined && heldMs < UNHELD_MS;
      const drill = renewed?.drill;
      const quietMs = drill === undefined ? afterUnheldMs(lease) : AFTER_KNOWN_DRILL_MS;
      retry.ended(isUnheld && drill === lastDrill ? quietMs : BETWEEN_WATCHES_MS);
      lastDrill = drill;
      const answeredAtMs = Math.min(askedAtMs + (heldMs ?? 0), bootClockMs());
      if (!abort.signal.aborted) news = { lease, answer, answeredAtMs };
    } catch (error) {
      again(askedSecondsOf(error)); // An outage: renewals are the fallback, and report it.
    } finally {
      if (running?.abort === abort) running = undefined;
      wake();
    }
  }

  return {
    get isRenewing() {
      return running !== undefined && renewsByWait;
    },
    keepWatching(lease) {
      if (running !== undefined && running.lease !== lease.id) {
        running.abort.abort();
        running = undefined;
      }
      if (running !== undefined) return Number.POSITIVE_INFINITY;
      const pauseMs = retry.waitMs();
      if (pauseMs > 0) return pauseMs;
      const abort = new AbortController();
      running = { lease: lease.id, abort };
      void wait(lease, abort);
      return Number.POSITIVE_INFINITY;
    },
    take() {
      const taken = news;
      news = undefined;
      return taken;
    },
    [Symbol.dispose]() {
      running?.abort.abort();
      transport[Symbol.dispose]();
    },
  };
}

/** How long a broker held the answer by which it renewed the lease; undefined: it did not renew. */
function heldMsOf(renewed: RenewedLease | undefined): number | undefined {
  return heldMsSchema.safeParse(renewed?.extensions?.["heldMs"]).data;
}
