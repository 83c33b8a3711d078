import type { JsonObject } from "@databox-cmk/crypto";
import { AppError, withoutUndefined } from "@databox-cmk/errors";
import {
  type ApiVersion,
  API_VERSIONS,
  asciiLowerCase,
  type Call,
  describeIdentifier,
  isApiVersion,
  isIdentifier,
} from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { Action } from "../../core/actions.ts";
import type { OrderName } from "../../core/order.ts";
import { parseBody } from "../../http/read-body.ts";
import {
  correlationIdOf,
  type Answer,
  type CallerRequest,
  type QueryParameter,
  type ReadonlyView,
  type Route,
} from "../../http/route.ts";
import { withTrace } from "../../observability/trace.ts";
import type { RequestContext } from "../../orders/control-plane.ts";
import { requireResourceGroup } from "../../orders/find-order.ts";

const DEFAULT_MAX_BYTES = 64 * 1024;

/** A call whose parameters the API's document explains. */
type ServedCall<Known> = Omit<Call, "body" | "query"> & {
  readonly query?: readonly QueryParameter[];
  readonly answers: Known;
};
type BodyCall<Known, Body> = ServedCall<Known> & { readonly body: z.ZodMiniType<Body> };

/** The ARM action that a caller needs, what the call does, and its handler. */
type Row<Known, Request> = {
  readonly action: Action;
  readonly summary: string;
  readonly handle: (request: Request) => Promise<Reply<ViewOf<Known[keyof Known]>>>;
};
type BodyRow<Known, Request, Body> = Row<Known, Request & { readonly body: Body }> & {
  /** 64 KiB by default. */
  readonly maxBytes?: number;
};

/** Every handler gets these beside the request. */
type CallerFacts = {
  /** The order that the path names; the empty name where it names none. */
  readonly order: OrderName;
  readonly context: RequestContext;
};
type ArmFacts = CallerFacts & { readonly apiVersion: ApiVersion };
/** A request to Resource Manager's API; its api-version is checked. */
export type ArmRequest = CallerRequest & ArmFacts;

/**
 * An answer of a handler: 200 where it names no other status, and a view of `answers`; or a failure
 * that the handler renders itself.
 */
export type Reply<View> = Pick<Answer, "headers"> &
  (
    | { readonly status?: number; readonly json?: View }
    /** A row without a schema answers with a file. */
    | { readonly file: { readonly bytes: Uint8Array; readonly mediaType: string } }
    | { readonly status: number; readonly json: unknown; readonly failure: AppError }
  );

type ViewOf<Schema> = Schema extends z.ZodMiniType<infer View> ? ReadonlyView<View> : never;

/**
 * Makes the rows of one API: the handler of a row gets a parsed body, the order of the path and the
 * request's context, and returns a view of `answers`.
 *
 * @param read - what handlers of this API get beside the request
 * @param common - headers of each answer
 */
function createRows<Facts extends CallerFacts>(
  authentication: "caller" | "operator",
  read: (request: CallerRequest) => Facts,
  common: Readonly<Record<string, string>>,
) {
  const head = (
    { at: [method, path], query, headers, answers }: ServedCall<Call["answers"]>,
    { action, summary }: Pick<Row<never, never>, "action" | "summary">,
  ) => ({
    method,
    path,
    authentication,
    action,
    described: { summary, query, headers, answers },
  });
  const render = (reply: Reply<unknown>): Answer => {
    if ("file" in reply)
      return { status: 200, headers: { ...common, ...reply.headers }, body: reply.file };
    const { status = 200, headers, json } = reply;
    return {
      status,
      headers: { ...common, ...headers },
      body: json === undefined ? undefined : { json },
      failure: "failure" in reply ? reply.failure : undefined,
    };
  };
  return {
    /** A route that reads no body. */
    route<const Known extends Call["answers"]>(
      call: ServedCall<Known> & { readonly body?: never },
      row: Row<Known, CallerRequest & Facts>,
    ): Route {
      return {
        ...head(call, row),
        reads: "nothing",
        handle: (request: CallerRequest) =>
          withTrace(async () => render(await row.handle({ ...request, ...read(request) }))),
      };
    },
    /** A route that reads a body: one JSON object, parsed strictly. */
    bodyRoute<const Known extends Call["answers"], Body>(
      call: BodyCall<Known, Body>,
      row: BodyRow<Known, CallerRequest & Facts, Body>,
    ): Route {
      const { body: schema, optional } = call;
      const { maxBytes = DEFAULT_MAX_BYTES } = row;
      const { described, ...rest } = head(call, row);
      return {
        ...rest,
        described: { ...described, body: schema },
        reads: "json",
        maxBytes,
        optional,
        handle: (request: CallerRequest & { readonly body: JsonObject }) =>
          withTrace(async () => {
            const facts = read(request);
            const body = parseBody(schema, request.body);
            return render(await row.handle({ ...request, ...facts, body }));
          }),
      };
    },
  };
}

/** Rows of Resource Manager's API. */
export const arm = createRows(
  "caller",
  (request): ArmFacts => {
    checkSubscription(request);
    return { apiVersion: readApiVersion(request), ...readFacts(request) };
  },
  // Resource Manager sends these, too.
  { "cache-control": "no-cache", pragma: "no-cache", expires: "-1" },
);

/** Rows of the operator's API. */
export const operator = createRows("operator", readFacts, {});

function readFacts(request: CallerRequest): CallerFacts {
  const { caller, address } = request;
  return {
    order: orderNameOf(request),
    context: {
      actor: { kind: "caller", objectId: caller.objectId, name: caller.name, address },
      by: caller.name,
      roles: caller.roles,
      isPerson: caller.isPerson,
      ...withoutUndefined({ own: caller.own }),
      correlationId: correlationIdOf(request),
    },
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

/** @throws {AppError} `InvalidResourceName` */
function orderNameOf({ parameters }: CallerRequest): OrderName {
  const { subscriptionId = "", resourceGroup = "", jobName } = parameters;
  if (jobName !== undefined && !isIdentifier("jobName", jobName))
    throw new AppError("InvalidResourceName", {
      target: "jobName",
      detail: describeIdentifier("jobName", jobName),
    });
  // PostgreSQL cannot be asked about it; the database says whether another name is in use.
  if (resourceGroup.includes("\0")) requireResourceGroup(resourceGroup);
  return {
    subscriptionId: asciiLowerCase(subscriptionId),
    resourceGroup,
    name: jobName ?? "",
  };
}
