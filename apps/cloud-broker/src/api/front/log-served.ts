import type { Served } from "../../http/express-adapter.ts";
import type { Log, LogFields } from "../../observability/log.ts";

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
    ...(route === undefined ? { path: request.path } : {}),
    ...(cause instanceof Error ? describe(cause) : {}),
  });
}

/** A fault of the broker's own that no caller sees. */
export function logFault(log: Log, event: string, requestId: string, fault: unknown): void {
  log("error", event, { requestId, ...(fault instanceof Error ? describe(fault) : {}) });
}

function describe(error: Error): LogFields {
  return {
    error: error.name,
    // Such as SQLITE_FULL: a system's code, never a person's text.
    ...("code" in error && typeof error.code === "string" ? { errorCode: error.code } : {}),
    stack: stackOf(error),
  };
}

/** The location of the error. The first lines are the message, which may quote data. */
function stackOf(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12)
    .join("\n");
}
