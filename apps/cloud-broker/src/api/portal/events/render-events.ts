import type { PendingChange } from "../../../core/portal/pending-changes.ts";

/** A comment: proxies see that the connection lives (HTML Standard, "Server-sent events"). */
export const HEARTBEAT = ": \n\n";
const RECONNECT_MS = 2_000;

/** The first event of each connection: what happened before it is not told, so the page reads again what it shows. */
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
