import type { LeaseAnswer } from "../answers/lease-answer.ts";
import { type HeldLease, renewalRetry } from "../core/lease-state.ts";
import { watchLease } from "../exchange/lease-exchange.ts";
import { connect } from "../node/connect.ts";
import type { Daemon } from "./daemon.ts";
import { askedSecondsOf, createRetry } from "./retry.ts";

export type News = { readonly lease: HeldLease; readonly answer: LeaseAnswer };

/**
 * One wait at the broker at a time, on a connection of its own, so that renewals continue beside
 * it.
 */
export type LeaseWatcher = Disposable & {
  /** Begins to wait for this lease, unless it already waits or failed a moment ago. */
  keepWatching(lease: HeldLease): void;
  /** The answers since the last call. */
  take(): News | undefined;
};

/** The broker answers within 20 s; a longer silence means a dead connection. */
const WATCH_TIMEOUT_MS = 30_000;
/** Limits the requests to a broker that answers at once again and again. */
const BETWEEN_WATCHES_MS = 200;

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
  const retry = createRetry();

  async function wait(lease: HeldLease, abort: AbortController): Promise<void> {
    const deadline = AbortSignal.any([abort.signal, AbortSignal.timeout(WATCH_TIMEOUT_MS)]);
    const again = (askedSeconds?: number) => retry.failed(renewalRetry(lease), askedSeconds);
    try {
      const answer = await watchLease(
        session(deadline, transport),
        lease,
        await state.change((store) => store.nextCounter()),
      );
      if (answer.kind === "denial") again();
      else {
        retry.ended(BETWEEN_WATCHES_MS);
        if (!abort.signal.aborted) news = { lease, answer };
      }
    } catch (error) {
      again(askedSecondsOf(error)); // An outage: renewals are the fallback, and report it.
    } finally {
      if (running?.abort === abort) running = undefined;
      wake();
    }
  }

  return {
    keepWatching(lease) {
      if (running !== undefined && running.lease !== lease.id) {
        running.abort.abort();
        running = undefined;
      }
      if (running !== undefined || retry.waitMs() > 0) return;
      const abort = new AbortController();
      running = { lease: lease.id, abort };
      void wait(lease, abort);
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
