import { type FSWatcher, watch } from "node:fs";

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
  const watcher = beginWatching(folder, (name) => {
    if (name === null || name === "state.json") wake();
  });
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
      watcher?.close();
    },
  };
}

/**
 * Undefined where other programs have used up what the kernel lends for it (inotify(7), max_user
 * limits). A wait also ends by its time.
 */
function beginWatching(
  folder: string,
  changed: (name: string | null) => void,
): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_event, name) => changed(name));
    watcher.on("error", () => undefined);
    return watcher;
  } catch {
    return undefined;
  }
}
