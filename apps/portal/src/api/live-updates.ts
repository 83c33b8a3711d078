import { EVENTS_PATH, orderEvent } from "@databox-cmk/protocol";
import * as z from "zod/mini";

const GATHER_MS = 300;
const REOPEN_MS = 5000;
/** The broker sends an event at least every 20 s; one that hangs sends none in an open stream. */
const SILENCE_MS = 50_000;

/** The part of the browser's EventSource that is used. */
export type Stream = Pick<EventSource, "addEventListener" | "close" | "readyState">;
const CLOSED = 2;

/**
 * Reports changed orders, several at a time: a fleet that locks at once causes one refetch, not a
 * thousand. The browser reopens a stream that breaks. This function reopens one that was refused or
 * is silent.
 *
 * @param follower.onMany - called when more orders changed than are named
 * @param follower.onConnected - called when the stream opens, and when it breaks or is silent
 * @returns a function that ends it
 */
export function followOrders(
  open: (path: string) => Stream,
  follower: {
    readonly onChanged: (orderIds: ReadonlySet<string>) => void;
    readonly onMany: () => void;
    readonly onConnected: (isConnected: boolean) => void;
  },
): () => void {
  let gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let source = openStream();
  const flush = () => {
    timer = undefined;
    const changed = gathered;
    gathered = new Set();
    follower.onChanged(changed);
  };
  function openStream(): Stream {
    const stream = open(EVENTS_PATH);
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        follower.onConnected(false);
        stream.close();
        source = openStream();
      }, SILENCE_MS);
    };
    listen();
    for (const event of ["open", "hello", "alive", "order", "many"])
      stream.addEventListener(event, listen);
    stream.addEventListener("many", () => follower.onMany());
    stream.addEventListener("open", () => follower.onConnected(true));
    stream.addEventListener("error", () => {
      follower.onConnected(false);
      // Any other state: the browser tries again by itself.
      if (stream.readyState !== CLOSED) return;
      clearTimeout(silence);
      clearTimeout(reopening);
      reopening = setTimeout(() => {
        source = openStream();
      }, REOPEN_MS);
    });
    stream.addEventListener("order", (event) => {
      const parsed = z.safeParse(orderEvent, parseJson("data" in event ? event.data : undefined));
      if (!parsed.success) return;
      gathered.add(parsed.data.id.toLowerCase());
      timer ??= setTimeout(flush, GATHER_MS);
    });
    return stream;
  }
  return () => {
    clearTimeout(timer);
    clearTimeout(reopening);
    clearTimeout(silence);
    source.close();
  };
}

function parseJson(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
