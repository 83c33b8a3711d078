/** Work that a broker repeats by itself, without a request. */
export type Chore = {
  /** Its log line and its metric show it, such as `probing keys`. */
  readonly name: string;
  readonly everyMs: number;
  /** The first round begins at once, instead of after `everyMs`. */
  readonly atOnce?: true;
  readonly run: () => Promise<unknown>;
};

/** A chore whose rounds do nothing after the first one that succeeds. */
export function untilDone(chore: Chore): Chore {
  let isDone = false;
  return {
    ...chore,
    async run() {
      if (isDone) return;
      await chore.run();
      isDone = true;
    },
  };
}

/**
 * Runs rounds of a chore, never two at the same time, until it is disposed, which waits for the
 * last one. A failed round is reported, and the next one follows as usual.
 */
export function every(
  { name, everyMs, atOnce, run }: Chore,
  failed: (chore: string, error: unknown) => void,
): AsyncDisposable {
  let running: Promise<unknown> | undefined;
  const round = () => {
    running ??= run()
      .catch((error: unknown) => {
        failed(name, error);
      })
      .finally(() => {
        running = undefined;
      });
  };
  if (atOnce === true) round();
  const timer = setInterval(round, everyMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
