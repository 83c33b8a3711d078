import type { Served } from "../../http/express-adapter.ts";
import { describeFault, type Log } from "../../observability/log.ts";

/** One line per request. An unexpected error is a bug and is logged with its location. */
export function logServed(log: Log, { route, request, status, elapsedMs, failure }: Served): void {
  const cause = failure?.code === "InternalError" ? failure.cause : undefined;
  log(cause === undefined ? "info" : "error", "served", {
    requestId: request.requestId,
    method: route?.method,
    route: route?.path,
    status,
    elapsedMs: Math.round(elapsedMs * 1000) / 1000,
    code: failure?.code,
    reason: failure?.reason,
    address: request.address,
    path: route === undefined ? request.path : undefined,
    ...describeFault(cause),
  });
}

/** A fault of the broker's own that no caller sees. */
export function logFault(log: Log, event: string, requestId: string, fault: unknown): void {
  log("error", event, { requestId, ...describeFault(fault) });
}
