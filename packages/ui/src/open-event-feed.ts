const REOPEN_MS = 5_000;
const CLOSED = 2;

/** The used part of an EventSource. */
export type EventStream = Pick<EventTarget, "addEventListener"> &
  Pick<EventSource, "close" | "readyState">;

/**
 * Follows a stream of events. The browser reopens a stream that breaks; this function reopens one
 * that was refused, or is silent: a pulled cable does not end a connection.
 *
 * @param listeners - by the event's name, called with its data, read as JSON; `undefined` when it
 * is not JSON
 * @param onLost - the stream has failed or is silent
 * @returns a function that ends it
 */
export function openEventFeed({
  open,
  silentAfterMs,
  listeners,
  onLost,
}: {
  readonly open: () => EventStream;
  readonly silentAfterMs: number;
  readonly listeners: Readonly<Record<string, (data: unknown) => void>>;
  readonly onLost: () => void;
}): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reopenAfter = (ms: number, tell?: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      tell?.();
      stream.close();
      stream = start();
    }, ms);
  };
  const start = (): EventStream => {
    const opened = open();
    reopenAfter(silentAfterMs, onLost);
    for (const [name, listener] of Object.entries(listeners))
      opened.addEventListener(name, (event) => {
        reopenAfter(silentAfterMs, onLost);
        listener(dataOf(event));
      });
    opened.addEventListener("error", () => {
      onLost();
      // In any other state, the browser tries again by itself.
      if (opened.readyState === CLOSED && opened === stream) reopenAfter(REOPEN_MS);
    });
    return opened;
  };
  let stream = start();
  return () => {
    clearTimeout(timer);
    stream.close();
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
