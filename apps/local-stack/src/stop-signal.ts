import type { EventEmitter } from "node:events";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/**
 * One Ctrl-C is several signals: the terminal sends it to each process, and npm hands its own
 * on.
 */
const ONE_PRESS_MS = 2_000;

/**
 * Aborted by Ctrl-C or SIGTERM. One that comes later than this ends the process at once, by the
 * system's default.
 *
 * @param process - emits the signals that it gets, while something listens
 */
export function listenForStop(process: EventEmitter): AbortSignal {
  const controller = new AbortController();
  const leaveToTheSystem = () => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(leaveToTheSystem, ONE_PRESS_MS).unref();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return controller.signal;
}
