import { AppError } from "@databox-cmk/errors";
import {
  type ApiVersion,
  asciiLowerCase,
  API_VERSIONS,
  isApiVersion,
  describeIdentifier,
  isIdentifier,
  parseWith,
  withoutNulls,
} from "@databox-cmk/protocol";

import type { OrderName } from "../../core/order.ts";
import type { Answer, CallerRequest } from "../../http/route.ts";
import type { RequestContext } from "../../orders/control-plane.ts";
import { requireResourceGroup } from "../../orders/find-order.ts";

/** A request to Resource Manager's API; its api-version is checked. */
export type ArmRequest<Request extends CallerRequest = CallerRequest> = Request & {
  readonly apiVersion: ApiVersion;
};

/** Checks the common parts of every ARM request, and adds the common headers to its answer. */
export function armHandler<Request extends CallerRequest>(
  handle: (request: ArmRequest<Request>) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    checkSubscription(request);
    const answer = await handle({ ...request, apiVersion: readApiVersion(request) });
    return { ...answer, headers: { ...standardHeaders(request), ...answer.headers } };
  };
}

function readApiVersion(request: CallerRequest): ApiVersion {
  const versions = queryValues(request, "api-version");
  const [version] = versions;
  if (version === undefined || version === "")
    throw new AppError("MissingApiVersionParameter", { target: "api-version" });
  const wanted = version.toLowerCase();
  if (versions.length > 1 || !isApiVersion(wanted))
    throw new AppError("InvalidApiVersionParameter", {
      target: "api-version",
      detail: `supported are ${Object.keys(API_VERSIONS).join(", ")}`,
    });
  return wanted;
}

/** Values of a query parameter; Resource Manager matches its name in any letter case. */
export function queryValues({ query }: CallerRequest, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return [...query].filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

function checkSubscription({ parameters }: CallerRequest): void {
  const { subscriptionId } = parameters;
  if (subscriptionId !== undefined && !isIdentifier("subscriptionId", subscriptionId))
    throw new AppError("SubscriptionNotFound", {
      target: "subscriptionId",
      detail: describeIdentifier("subscriptionId", subscriptionId),
    });
}

/**
 * Headers of Resource Manager's answers; client ids are echoed only if they are valid header
 * values.
 */
function standardHeaders(request: CallerRequest): Record<string, string> {
  const clientRequestId = printable(request.header("x-ms-client-request-id"));
  const correlationId = correlationIdOf(request);
  return {
    "cache-control": "no-cache",
    pragma: "no-cache",
    expires: "-1",
    "x-ms-correlation-request-id": correlationId,
    "x-ms-routing-request-id": `BROKER:${request.requestId}`,
    ...(clientRequestId === undefined ? {} : { "x-ms-client-request-id": clientRequestId }),
  };
}

function correlationIdOf(request: CallerRequest): string {
  return printable(request.header("x-ms-correlation-request-id")) ?? request.requestId;
}

function printable(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}

/**
 * Parses a body strictly.
 *
 * @throws {AppError} `InvalidRequestContent` that names the wrong member.
 */
export function parseBody<Value>(
  schema: Parameters<typeof parseWith<Value>>[0],
  body: unknown,
): Value {
  const parsed = parseWith(schema, withoutNulls(body), "body");
  if (parsed.ok) return parsed.value;
  const [target = ""] = parsed.detail.split(":", 1);
  throw new AppError("InvalidRequestContent", { target, detail: parsed.detail });
}

/** The order that a path names. @throws {AppError} `InvalidResourceName` */
export function orderNameOf({ parameters }: CallerRequest): OrderName {
  const { subscriptionId = "", resourceGroup = "", jobName = "" } = parameters;
  if (!isIdentifier("jobName", jobName))
    throw new AppError("InvalidResourceName", {
      target: "jobName",
      detail: describeIdentifier("jobName", jobName),
    });
  // PostgreSQL cannot be asked about it. Of other names the database says whether they are in use.
  if (resourceGroup.includes("\0")) requireResourceGroup(resourceGroup);
  return { subscriptionId: asciiLowerCase(subscriptionId), resourceGroup, name: jobName };
}

export function contextOf(request: CallerRequest): RequestContext {
  const { caller, address } = request;
  return {
    actor: { kind: "caller", objectId: caller.objectId, name: caller.name, address },
    by: caller.name,
    correlationId: correlationIdOf(request),
  };
}
