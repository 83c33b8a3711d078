import { createHook } from "node:async_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The process's present resources, after a collection. */
export type LiveResources = {
  readonly sockets: number;
  readonly timers: number;
  readonly listeners: number;
  readonly heapBytes: number;
};

/**
 * Counts timers from now on, those that keep nothing alive included: process.getActiveResourcesInfo
 * leaves them out.
 */
export function watchResources(): Disposable & { read(): LiveResources } {
  const timers = new Set<number>();
  const hook = createHook({
    init(id, type) {
      if (type === "Timeout" || type === "Immediate") timers.add(id);
    },
    destroy(id) {
      timers.delete(id);
    },
  }).enable();
  setFlagsFromString("--expose-gc");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what V8 gives by this name
  const collect = runInNewContext("gc") as () => void;
  return {
    read() {
      collect();
      return {
        sockets: process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length,
        timers: timers.size,
        listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
        heapBytes: process.memoryUsage().heapUsed,
      };
    },
    [Symbol.dispose]() {
      hook.disable();
    },
  };
}
