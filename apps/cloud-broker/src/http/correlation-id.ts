import type { RouteRequest } from "./route.ts";

const CLIENT_ID = /^[\w.:-]{1,128}$/;

/** A client's own id, if it is one that a header can carry back. */
export function clientId(request: RouteRequest, name: string): string | undefined {
  const value = request.header(name);
  return value !== undefined && CLIENT_ID.test(value) ? value : undefined;
}

/** Ties the answer, log lines and audit rows of one request together; the client's own, if it sent one. */
export const correlationIdOf = (request: RouteRequest): string =>
  clientId(request, "x-ms-correlation-request-id") ?? request.requestId;
