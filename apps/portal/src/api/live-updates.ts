import { EVENTS_PATH, orderEvent } from "@databox-cmk/protocol";
import { type EventStream, openEventFeed } from "@databox-cmk/ui";
import * as z from "zod/mini";

const GATHER_MS = 300;
/** The broker sends an event at least every 20 s; one that hangs sends none in an open stream. */
const SILENCE_MS = 50_000;

const isAlive = () => {};

/**
 * Reports changed orders, several at a time: a fleet that locks at once causes one refetch, not a
 * thousand.
 *
 * @param follower.onMany - called when more orders changed than are named
 * @param follower.onConnected - called when the stream opens, and when it breaks or is silent
 * @returns a function that ends it
 */
export function followOrders(
  open: (path: string) => EventStream,
  follower: {
    readonly onChanged: (orderIds: ReadonlySet<string>) => void;
    readonly onMany: () => void;
    readonly onConnected: (isConnected: boolean) => void;
  },
): () => void {
  let gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changed = gathered;
    gathered = new Set();
    follower.onChanged(changed);
  };
  const end = openEventFeed({
    open: () => open(EVENTS_PATH),
    silentAfterMs: SILENCE_MS,
    onLost: () => follower.onConnected(false),
    listeners: {
      open: () => follower.onConnected(true),
      hello: isAlive,
      alive: isAlive,
      many: follower.onMany,
      order: (data) => {
        const parsed = z.safeParse(orderEvent, data);
        if (!parsed.success) return;
        gathered.add(parsed.data.id.toLowerCase());
        timer ??= setTimeout(flush, GATHER_MS);
      },
    },
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
