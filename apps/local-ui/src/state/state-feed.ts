import { type LocalState, localState } from "@databox-cmk/protocol";
import { type EventStream, openEventFeed } from "@databox-cmk/ui";
import * as z from "zod/mini";

/** The agent sends a sign of life every 15 seconds. */
const SILENT_AFTER_MS = 35_000;

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

/**
 * The appliance's state of the node, as long as there is a listener.
 *
 * @param nowMs - monotonic
 */
export function createStateFeed({
  open,
  nowMs,
}: {
  readonly open: (path: string) => EventStream;
  readonly nowMs: () => number;
}): StateFeed {
  let view: FeedView = { state: undefined, receivedAtMs: nowMs(), isLost: false };
  const listeners = new Set<() => void>();
  let end: (() => void) | undefined;
  /** The newest state is not of this page's version: the shown one is older. */
  let isForeign = false;

  const show = (next: FeedView) => {
    view = next;
    for (const listener of listeners) listener();
  };
  const lose = () => {
    if (!view.isLost) show({ ...view, isLost: true });
  };
  const start = () => {
    end?.();
    end = openEventFeed({
      open: () => open("/api/events"),
      silentAfterMs: SILENT_AFTER_MS,
      onLost: lose,
      listeners: {
        alive: () => {
          if (view.isLost && !isForeign) show({ ...view, isLost: false });
        },
        state: (data) => {
          const parsed = z.safeParse(localState, data);
          isForeign = !parsed.success;
          if (parsed.success) show({ state: parsed.data, receivedAtMs: nowMs(), isLost: false });
          else lose();
        },
      },
    });
  };

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) end?.();
      };
    },
    reopen: start,
    nowMs,
  };
}
