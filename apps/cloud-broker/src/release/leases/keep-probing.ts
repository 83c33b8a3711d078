import type { Log } from "../../observability/log.ts";

/** Looks ten times in an interval, so that no key is asked about much later than it is due. */
const LOOKS_PER_INTERVAL = 10;

/**
 * Runs rounds one after another until it is disposed. A round that fails (because of the database,
 * never of a vault) is logged, and the next one follows as usual.
 */
export function keepProbing(
  run: () => Promise<unknown>,
  intervalSeconds: number,
  log: Log,
): AsyncDisposable {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(
    () => {
      running ??= run()
        .catch((error: unknown) => {
          log("error", "probing keys failed", { error: error instanceof Error ? error.name : "" });
        })
        .finally(() => {
          running = undefined;
        });
    },
    (intervalSeconds * 1000) / LOOKS_PER_INTERVAL,
  );
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
