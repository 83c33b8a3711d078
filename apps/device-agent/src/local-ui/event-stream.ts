import type { ServerResponse } from "node:http";

import type { LocalState } from "@databox-cmk/protocol";

/** A page treats a connection without any event for more than twice this time as dead. */
const HEARTBEAT_MS = 15_000;
const STREAMS_MAX = 16;

export type EventStreams = Disposable & {
  /** @returns false when the maximum number of listeners is reached */
  open(response: ServerResponse, view: () => LocalState): boolean;
  /** Sends each listener the state that it may see. */
  changed(): void;
};

function send(response: ServerResponse, view: () => LocalState): void {
  response.write(`event: state\ndata: ${JSON.stringify(view())}\n\n`);
}

/** Server-sent events: `state` with the whole state after every change. */
export function createEventStreams(): EventStreams {
  const listeners = new Map<ServerResponse, () => LocalState>();
  const heartbeat = setInterval(() => {
    for (const response of listeners.keys()) response.write("event: alive\ndata: {}\n\n");
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    open(response, view) {
      if (listeners.size >= STREAMS_MAX) return false;
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      listeners.set(response, view);
      response.on("close", () => listeners.delete(response));
      send(response, view);
      return true;
    },
    changed() {
      for (const [response, view] of listeners) send(response, view);
    },
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      for (const response of listeners.keys()) response.end();
    },
  };
}
