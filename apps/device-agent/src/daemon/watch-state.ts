import { watch } from "node:fs";

export type StateWatch = Disposable & {
  /**
   * Resolves at the end of the time, a change of state.json, or the signal, whichever comes first.
   */
  wait(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** Ends a wait, or the next one. */
  wake(): void;
};

/** An unlock beside the daemon hands its lease over by state.json: no socket, no port. */
export function watchState(folder: string): StateWatch {
  let isAwake = false;
  let end: (() => void) | undefined;
  const wake = () => {
    isAwake = true;
    end?.();
  };
  const watcher = watch(folder, (_event, name) => {
    if (name === null || name === "state.json") wake();
  });
  watcher.on("error", () => undefined); // A wait also ends by its time.
  return {
    async wait(milliseconds, stop) {
      if (!isAwake && !stop.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(finish, milliseconds);
          stop.addEventListener("abort", finish, { once: true });
          end = finish;
          function finish() {
            clearTimeout(timer);
            stop.removeEventListener("abort", finish);
            resolve();
          }
        });
      end = undefined;
      isAwake = false;
    },
    wake,
    [Symbol.dispose]() {
      watcher.close();
    },
  };
}
