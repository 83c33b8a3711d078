/** Receives the time of each statement, without its wait for a connection. */
export type QueryTimes = {
  tell: (elapsedMs: number) => void;
  readonly tellTo: (tell: QueryTimes["tell"]) => void;
};

export function createQueryTimes(): QueryTimes {
  const times: QueryTimes = {
    tell: () => undefined,
    tellTo: (tell) => {
      times.tell = tell;
    },
  };
  return times;
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
