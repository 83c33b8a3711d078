import { type EventLoopUtilization, performance } from "node:perf_hooks";

/** @returns 0 to 1: the share of the last moments in which the event loop was busy */
export type LoopUtilization = () => number;

/** Long enough that one GC pause cannot fill the whole window. */
const WINDOW_MS = 100;

/** Measures on request and not by a timer, so that an idle process stays idle. */
export function createLoopUtilization(
  read: (before?: EventLoopUtilization) => EventLoopUtilization = (before) =>
    performance.eventLoopUtilization(before),
  elapsedMs: () => number = () => performance.now(),
): LoopUtilization {
  let before = read();
  let readAtMs = elapsedMs();
  let utilization = 0;
  return () => {
    const nowMs = elapsedMs();
    if (nowMs - readAtMs < WINDOW_MS) return utilization;
    ({ utilization } = read(before));
    before = read();
    readAtMs = nowMs;
    return utilization;
  };
}
