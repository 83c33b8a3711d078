import { type LocalState, localState } from "@databox-cmk/protocol";
import * as z from "zod/mini";

/** The agent sends a sign of life every 15 seconds. */
const SILENT_AFTER_MS = 35_000;
const REOPEN_MS = 5_000;

export type FeedView = {
  /** Undefined until the first has come. */
  readonly state: LocalState | undefined;
  /** By the feed's clock, when the state arrived: its durations count from here. */
  readonly receivedAtMs: number;
  /** The connection is silent: the shown state may be old. */
  readonly isLost: boolean;
};

export type StateFeed = {
  readonly view: () => FeedView;
  readonly subscribe: (listener: () => void) => () => void;
  /** Reads again: after signing in or out, and when time has changed the appliance's answer. */
  readonly reopen: () => void;
  readonly nowMs: () => number;
};

/** The used part of an EventSource. */
export type Events = Pick<EventTarget, "addEventListener"> &
  Pick<EventSource, "close" | "readyState">;

const CLOSED = 2;

/**
 * The appliance's state of the node, as long as there is a listener.
 *
 * @param nowMs - monotonic
 */
export function createStateFeed({
  open,
  nowMs,
  setTimer,
  clearTimer,
}: {
  readonly open: (path: string) => Events;
  readonly nowMs: () => number;
  readonly setTimer: (work: () => void, ms: number) => number;
  readonly clearTimer: (timer: number | undefined) => void;
}): StateFeed {
  let view: FeedView = { state: undefined, receivedAtMs: nowMs(), isLost: false };
  const listeners = new Set<() => void>();
  let events: Events | undefined;
  let silence: number | undefined;
  let reopening: number | undefined;
  /** The newest state is not of this page's version: the shown one is older. */
  let isForeign = false;

  const show = (next: FeedView) => {
    view = next;
    for (const listener of listeners) listener();
  };
  const lose = () => {
    if (!view.isLost) show({ ...view, isLost: true });
  };
  const stop = () => {
    clearTimer(silence);
    clearTimer(reopening);
    events?.close();
    events = undefined;
  };
  const listen = () => {
    clearTimer(silence);
    // A pulled cable does not end a connection; missing signs of life show it.
    silence = setTimer(() => {
      lose();
      start();
    }, SILENT_AFTER_MS);
  };
  const hear = () => {
    listen();
    if (view.isLost && !isForeign) show({ ...view, isLost: false });
  };
  const start = () => {
    stop();
    listen();
    const opened = open("/api/events");
    events = opened;
    opened.addEventListener("alive", hear);
    opened.addEventListener("state", (event: Event) => {
      const parsed = z.safeParse(localState, dataOf(event));
      listen();
      isForeign = !parsed.success;
      if (parsed.success) show({ state: parsed.data, receivedAtMs: nowMs(), isLost: false });
      else lose();
    });
    opened.addEventListener("error", () => {
      lose();
      // Browsers reconnect by themselves, but not after an answer that is not a stream.
      if (opened.readyState === CLOSED && events === opened) {
        clearTimer(reopening);
        reopening = setTimer(start, REOPEN_MS);
      }
    });
  };

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    reopen: start,
    nowMs,
  };
}

function dataOf(event: Event): unknown {
  const data: unknown = "data" in event ? event.data : undefined;
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
