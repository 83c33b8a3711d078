import type { Store } from "./store.ts";

/** Measures the statements of one process, once they are read. */
export type QueryTimes = { tell: (elapsedMs: number) => void };

const times = new WeakMap<Store, QueryTimes>();

export const createQueryTimes = (): QueryTimes => ({ tell: () => undefined });

/** Remembers who measures; a store hides its statements. */
export function noteQueryTimes(store: Store, measured: QueryTimes): void {
  times.set(store, measured);
}

/** Calls `tell` with the time of each statement from now on, without its wait for a connection. */
export function tellQueryTimes(store: Store, tell: QueryTimes["tell"]): void {
  const measured = times.get(store);
  if (measured !== undefined) measured.tell = tell;
}

/** Runs a statement of SQLite. */
export function timeQuery<Result>(measured: QueryTimes, run: () => Result): Result {
  const startedMs = performance.now();
  try {
    return run();
  } finally {
    measured.tell(performance.now() - startedMs);
  }
}
