import type { PendingChange } from "../../../core/portal/pending-changes.ts";

/**
 * Shows proxies and the page that the connection is alive. A comment would do for proxies only: a
 * script does not see it, and a page could not tell a broker that hangs from one without news.
 */
export const HEARTBEAT = "event: alive\ndata: {}\n\n";
const RECONNECT_MS = 2_000;

/**
 * The first event of each connection: earlier changes are not sent, so the page reads its data
 * again.
 */
export function renderHello(): string {
  return `retry: ${String(RECONNECT_MS)}\nevent: hello\ndata: {}\n\n`;
}

export function renderChanges(changes: readonly PendingChange[]): string {
  return changes
    .map((change) =>
      change.kind === "many"
        ? "event: many\ndata: {}\n\n"
        : `event: order\ndata: ${JSON.stringify({ id: change.id, what: change.what })}\n\n`,
    )
    .join("");
}
