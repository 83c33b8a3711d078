/** Lets requests begin in the order of their arrival. */
export type Starts = {
  /** Calls `begin` now, or when it is the request's turn. */
  start(begin: () => void): void;
  /** One more that has begun is in progress here. */
  add(): void;
  /** One of them has ended, or waits for others. */
  remove(): void;
};

/**
 * A saturated process gains nothing from more of them: each would only take longer, and they would
 * go from step to step together. With 64 in progress, a renewal takes a quarter more processor
 * time; an unlock, the same.
 */
export const ENOUGH_BEGUN = 24;
/** The utilization of the event loop is measured as often. */
const LOOK_AGAIN_MS = 100;

/**
 * While the process is saturated, requests that have begun go first, and those behind them wait
 * with nothing but their message. Requests at a vault do not count, so a slow vault delays nothing.
 * Nothing waits either while the event loop is idle because the database is slow.
 *
 * The queue has no limit of its own: each request in it has a place. A request whose caller is gone
 * keeps its turn, as it keeps its place.
 */
export function createStarts(isSaturated: () => boolean): Starts {
  const waiting: (() => void)[] = [];
  let inProgress = 0;
  let isDue = false;
  let lookingAgain: NodeJS.Timeout | undefined;

  const mayStart = (): boolean => inProgress < ENOUGH_BEGUN || !isSaturated();

  function startNext(): void {
    isDue = false;
    while (waiting.length > 0 && mayStart()) waiting.shift()?.();
    if (waiting.length > 0) lookingAgain ??= setTimeout(lookAgain, LOOK_AGAIN_MS).unref();
  }
  /** The event loop may have become idle without the end of any request. */
  function lookAgain(): void {
    lookingAgain = undefined;
    startNext();
  }
  return {
    start(begin) {
      waiting.push(begin);
      startNext();
    },
    add() {
      inProgress += 1;
    },
    remove() {
      inProgress -= 1;
      if (isDue || waiting.length === 0) return;
      isDue = true;
      // Answers of vaults that have arrived come first: their requests are nearer to their end.
      setImmediate(startNext);
    },
  };
}
