import * as z from "zod";

import type { DataBoxUpstream, EmulatorDependencies } from "../dependencies.ts";
import { readJsonBody } from "../http/json-body.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import type { Route } from "../http/route-table.ts";

export type ControlRoute = Route<undefined>;
export type ControlDependencies = Pick<
  EmulatorDependencies,
  "state" | "now" | "settings" | "cloud" | "issuerKeys" | "auditLog"
> & {
  /** Whether all that a client may ask for is there. */
  readonly isReady: () => boolean;
  readonly reset: () => Promise<void>;
  readonly setDataBoxUpstream: (upstream: DataBoxUpstream) => void;
};

/** A refusal of the control API, with the fault and its place. */
export function refuseControl(status: number, code: string, message: string): HttpAnswer {
  return { status, body: { error: { code, message } } };
}

/**
 * Web pages must not reach the control API of a developer's machine: browsers send their origin,
 * and cannot send JSON across origins without a preflight, which is never allowed here.
 */
export function refuseBrowser(request: HttpRequest): HttpAnswer | undefined {
  const { origin, "sec-fetch-site": fetchSite, "content-type": contentType = "" } = request.headers;
  if (origin !== undefined || fetchSite !== undefined)
    return refuseControl(403, "Forbidden", "The control API does not serve web pages.");
  if (request.body.length > 0 && !/^application\/json\b/iu.test(contentType)) {
    return refuseControl(415, "UnsupportedMediaType", "Send the body as application/json.");
  }
  return undefined;
}

/** Parses a body and passes it on; a fault in it is the answer. */
export function withBody<Schema extends z.ZodType>(
  schema: Schema,
  request: HttpRequest,
  handle: (value: z.output<Schema>) => HttpAnswer | Promise<HttpAnswer>,
): HttpAnswer | Promise<HttpAnswer> {
  const body = readJsonBody(request);
  if (body.kind !== "json") {
    return refuseControl(
      400,
      "InvalidRequestContent",
      body.kind === "empty" ? "A JSON body is required." : `The body is not JSON: ${body.detail}`,
    );
  }
  const parsed = schema.safeParse(body.value);
  if (parsed.success) return handle(parsed.data);
  const [issue] = parsed.error.issues;
  return refuseControl(
    400,
    "InvalidRequestContent",
    `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is wrong"}`,
  );
}
