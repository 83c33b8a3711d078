import { AppError } from "@databox-cmk/errors";
import { EVENTS_PATH, type OrderEvent } from "@databox-cmk/protocol";

import { nameOfChain } from "../../../audit/former-link.ts";
import {
  type ChangeKind,
  changesOf,
  createPendingChanges,
  type PendingChange,
  type PendingChanges,
} from "../../../core/portal/pending-changes.ts";
import type { Clock } from "../../../core/ports.ts";
import type { Caller, ReadonlyView, ServedRoute, Session } from "../../../http/route.ts";
import type { Store } from "../../../store/store.ts";
import type { Sessions } from "../sessions.ts";

/**
 * Shows proxies and the page that the connection is alive. A comment would do for proxies only: a
 * script does not see it, and a page could not tell a broker that hangs from one without news.
 */
const HEARTBEAT = "event: alive\ndata: {}\n\n";
const RECONNECT_MS = 2_000;
/** Changed orders, each with its changed parts. */
type Changes = ReadonlyMap<string, ReadonlySet<ChangeKind>>;
/** Tolerates commits that took this long, and replicas whose clocks differ this much. */
const WINDOW_MS = 10_000;
const SKEW_MS = 2_000;
/** More rows in a window are too many: pages are asked to read everything again. */
const ROWS_MAX = 2_000;
export type PortalEvents = ReturnType<typeof createEvents>;

export type EventDependencies = {
  readonly store: Store;
  readonly sessions: Pick<Sessions, "alive">;
  readonly mayRead: (caller: Caller, order: string) => Promise<boolean>;
  readonly now: Clock;
  /** Tests use a shorter time. */
  readonly heartbeatMs?: number;
};

type PageListener = {
  readonly idHash: string;
  readonly caller: Caller;
  readonly pending: PendingChanges;
  readonly untilMs: number;
  isOver: boolean;
  wake: () => void;
};

const HEARTBEAT_MS = 20_000;
const LISTEN_MS = 10 * 60_000;
/** The tabs of a browser share a session. */
export const LISTENERS_MAX = { inSum: 2_000, ofSession: 8 };
const SESSIONS_LOOKED_AT_MS = 5_000;

export function createEvents(dependencies: EventDependencies) {
  const { sessions, mayRead, now, heartbeatMs = HEARTBEAT_MS } = dependencies;
  const listeners = new Set<PageListener>();
  let readChanges = createReadChanges(dependencies);
  let lookedAtSessionsMs = 0;
  let isClosed = false;

  function end(listener: PageListener): void {
    listener.isOver = true;
    listener.wake();
  }

  async function* tell(listener: PageListener, left: AbortSignal): AsyncGenerator<string> {
    const leave = (): void => end(listener);
    left.addEventListener("abort", leave, { once: true });
    // After a time without listeners, earlier changes are not news.
    if (listeners.size === 0) readChanges = createReadChanges(dependencies);
    listeners.add(listener);
    try {
      yield renderHello();
      for (;;) {
        if (listener.pending.isEmpty) await waitForNews(listener, heartbeatMs);
        if (listener.isOver || now() >= listener.untilMs) return;
        yield listener.pending.isEmpty ? HEARTBEAT : renderChanges(listener.pending.take());
      }
    } finally {
      left.removeEventListener("abort", leave);
      listeners.delete(listener);
    }
  }

  /** A person whose rights cannot be read gets no news, and the others get theirs. */
  async function isShown({ caller }: PageListener, order: string): Promise<boolean> {
    try {
      return await mayRead(caller, order);
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  async function endSignedOut(): Promise<void> {
    if (now() - lookedAtSessionsMs < SESSIONS_LOOKED_AT_MS) return;
    lookedAtSessionsMs = now();
    const alive = await sessions.alive([...new Set([...listeners].map((each) => each.idHash))]);
    for (const listener of listeners) if (!alive.has(listener.idHash)) end(listener);
  }

  return {
    /**
     * Changes that the caller may see, as text of server-sent events, until they leave, sign out,
     * or have listened for ten minutes; then the browser connects again and is authenticated again.
     *
     * @throws {AppError} TooManyRequests
     */
    listen({ idHash, expiresAtMs }: Session, caller: Caller) {
      const ofSession = [...listeners].filter((each) => each.idHash === idHash).length;
      if (isClosed || listeners.size >= LISTENERS_MAX.inSum || ofSession >= LISTENERS_MAX.ofSession)
        throw new AppError("TooManyRequests", { facts: { retryAfterSeconds: 30 } });
      const listener: PageListener = {
        idHash,
        caller,
        pending: createPendingChanges(),
        untilMs: Math.min(now() + LISTEN_MS, expiresAtMs),
        isOver: false,
        wake: () => undefined,
      };
      // Counted once its stream is read, so that an answer that never leaves is not counted.
      return (left: AbortSignal) => tell(listener, left);
    },
    /** Reads changes for all listeners; makes no query without listeners. */
    async poll() {
      if (listeners.size === 0) return;
      await endSignedOut();
      const changes = await readChanges();
      for (const listener of listeners) {
        if (changes === "many") listener.pending.addMany();
        else
          for (const [order, what] of changes)
            if (await isShown(listener, order)) listener.pending.add(order, what);
        if (!listener.pending.isEmpty) listener.wake();
      }
    },
    /** Ends all streams, because the broker is closing. */
    close() {
      isClosed = true;
      for (const listener of listeners) end(listener);
    },
  };
}

function waitForNews(listener: PageListener, heartbeatMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.wake = () => undefined;
      resolve();
    };
    const timer = setTimeout(done, heartbeatMs);
    listener.wake = done;
    if (listener.isOver) done();
  });
}

/**
 * Finds the writes of all replicas: the audit trail has a row for each decision, in the same
 * commit. One query of an index serves all pages of a replica. Rows of the window that were seen
 * before are recognised by their sequence number, which only grows in its chain.
 */
function createReadChanges(deps: {
  readonly store: Store;
  readonly now: Clock;
}): () => Promise<Changes | "many"> {
  // The pages themselves read earlier changes, except for those that a slower clock wrote just now.
  const sinceMs = deps.now() - SKEW_MS;
  let seen: ReadonlyMap<string, number> = new Map();
  return async () => {
    const windowMs = deps.now() - WINDOW_MS;
    const rows = await deps.store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json"])
      .where("at_ms", ">", Math.max(windowMs, sinceMs))
      .where("chain", "<>", "broker")
      .orderBy("at_ms", "desc")
      .limit(ROWS_MAX)
      .execute();
    const changes = new Map<string, Set<ChangeKind>>();
    const window = new Map<string, number>();
    for (const { chain, sequence, row_json: text } of rows) {
      window.set(chain, Math.max(window.get(chain) ?? 0, sequence));
      if (sequence <= (seen.get(chain) ?? 0)) continue;
      const order = nameOfChain(chain);
      const what = changes.get(order) ?? new Set();
      for (const kind of changesOf(actionOf(text))) what.add(kind);
      changes.set(order, what);
    }
    seen = window;
    return rows.length === ROWS_MAX && changes.size > 0 ? "many" : changes;
  };
}

function actionOf(rowJson: string): string {
  const row: unknown = JSON.parse(rowJson);
  return typeof row === "object" && row !== null && "action" in row ? String(row.action) : "";
}

/**
 * The first event of each connection: earlier changes are not sent, so the page reads its data
 * again.
 */
function renderHello(): string {
  return `retry: ${String(RECONNECT_MS)}\nevent: hello\ndata: {}\n\n`;
}

function renderChanges(changes: readonly PendingChange[]): string {
  return changes
    .map((change) =>
      change.kind === "many"
        ? "event: many\ndata: {}\n\n"
        : `event: order\ndata: ${JSON.stringify({ id: change.id, what: change.what } satisfies ReadonlyView<OrderEvent>)}\n\n`,
    )
    .join("");
}

export function createEventRoutes(events: PortalEvents): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: EVENTS_PATH,
      authentication: "session",
      reads: "nothing",
      handle: ({ session, caller }) => {
        const stream = events.listen(session, caller);
        return Promise.resolve({
          status: 200,
          // Proxies that buffer answers would hold the events back.
          headers: { "x-accel-buffering": "no" },
          body: { stream, mediaType: "text/event-stream; charset=utf-8" },
        });
      },
    },
  ];
}
