import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import {
  AppError,
  type CloudName,
  type Facts,
  renderArmError,
  withoutUndefined,
} from "@databox-cmk/errors";
import { type Request, type Response, Router } from "express";

import { invalidMember } from "../core/failure-error.ts";
import { nameFault } from "../core/name-fault.ts";
import { orderIdOf } from "../core/order.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import { parseEventsBody, parseJsonBody, readBody } from "./read-body.ts";
import {
  clientId,
  correlationIdOf,
  type Answer,
  type AuthenticateCaller,
  type IdentifySession,
  type Reads,
  type ServedRoute,
  type RouteRequest,
  parseRequestTarget,
} from "./route.ts";
import type { Spans } from "./spans.ts";

export type Served = {
  readonly route: ServedRoute | undefined;
  readonly request: RouteRequest;
  readonly status: number;
  readonly elapsedMs: number;
  readonly failure?: AppError | undefined;
  /** See {@link Answer}. */
  readonly isUnproven: boolean;
};

export type AdapterOptions = {
  readonly authenticate: AuthenticateCaller;
  /** Absent: no route has the authentication `session`. */
  readonly identify?: IdentifySession | undefined;
  /** The sender's address; absent: the address at the other end of the connection. */
  readonly senderOf?: (message: IncomingMessage) => string;
  /** Throws `AppError` RateLimited; called first, and costs nothing. */
  readonly admit: (request: RouteRequest, route: ServedRoute | undefined) => void;
  /** Receives each answered request, for logs and audit; awaited before the answer leaves. */
  readonly served: (served: Served) => Promise<void>;
  /** Receives a fault that `served` does not see: the answer could not be rendered or sent. */
  readonly failed?: (fault: unknown, request: RouteRequest) => void;
  /** Called once for each request, when all work for it has ended, in every case. */
  readonly ended?: () => void;
  readonly spans: Spans;
  /**
   * Value of WWW-Authenticate on 401 (RFC 9110 §11.6.1): tells an Azure client where to get a
   * token.
   */
  readonly bearerChallenge: string;
  /** The steps of errors name its commands; absent: the public cloud, or an emulator. */
  readonly cloud?: CloudName | undefined;
};

/**
 * Turns the route table into a request listener; everything that is not a row is 404, or 405 with
 * Allow.
 *
 * Express's router alone: it gets no request target that is not a path, and no final handler, which
 * would answer in HTML.
 */
export function createHandler(
  routes: readonly ServedRoute[],
  options: AdapterOptions,
): RequestListener {
  const router = Router();
  for (const [path, rows] of Map.groupBy(routes, (route) => route.path.toLowerCase()))
    // Not `router.all`, which keeps a handler for each of 35 methods and tries one after
    // another.
    router.route(rows[0]?.path ?? path).all((request: Request, response: Response) => {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const route = rows.find((row) => row.method === method);
      return serve(request, response, route, options, () => methodNotAllowed(request, rows));
    });
  return (message, response) => {
    const refuse = (error: AppError) => {
      void serve(message, response, undefined, options, () => error);
    };
    const target = parseRequestTarget(message.url ?? "");
    if (target === undefined) {
      refuse(invalidMember("request-target", "expected a path, or an absolute URL"));
      return;
    }
    // RFC 9112 §3.2; Node's own answer is switched off.
    if (message.headers.host === undefined && message.httpVersionMinor > 0) {
      refuse(invalidMember("Host", "missing"));
      return;
    }
    message.url = target;
    // Express calls the last argument for a path without a row, and for an invalid
    // percent-encoding.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router needs only Node's part
    router(message as Request, response as Response, () => refuse(new AppError("NotFound")));
  };
}

function methodNotAllowed(request: Request, rows: readonly ServedRoute[]): AppError {
  const allow = rows.map((row) => row.method).join(", ");
  return new AppError("MethodNotAllowed", {
    detail: `${request.method}: this path takes ${allow}`,
    facts: { allow },
  });
}

/** Answers once, in every case; never rejects. */
async function serve(
  message: ExpressMessage,
  response: ServerResponse,
  route: ServedRoute | undefined,
  options: AdapterOptions,
  noRoute: () => AppError,
): Promise<void> {
  const startedAt = performance.now();
  const request = readRequest(message, options.senderOf);
  try {
    const answer = await answerTo(request, route, { message, response }, options, noRoute);
    await options.served({
      route,
      request,
      status: answer.status,
      elapsedMs: performance.now() - startedAt,
      failure: answer.failure,
      isUnproven: answer.isUnproven === true,
    });
    send(message, response, request, answer);
  } catch (fault) {
    answerFault(fault, message, response, request, options);
  } finally {
    options.ended?.();
  }
}

/**
 * A request that is refused before its route has no span: any caller can send as many as it likes.
 */
async function answerTo(
  request: RouteRequest,
  route: ServedRoute | undefined,
  exchange: Messages,
  options: AdapterOptions,
  noRoute: () => AppError,
): Promise<Answer> {
  try {
    options.admit(request, route);
    if (route === undefined) throw noRoute();
  } catch (error) {
    return { ...renderFailure(nameFault(error), request, options), isUnproven: true };
  }
  return options.spans.ofRequest(request, route.path, async () => {
    try {
      return await handle(route, request, exchange, options);
    } catch (error) {
      return renderFailure(nameFault(error), request, options);
    }
  });
}

/**
 * Such as a header that Node does not send: a bug of ours, which must not become a connection that
 * hangs.
 */
function answerFault(
  fault: unknown,
  message: ExpressMessage,
  response: ServerResponse,
  request: RouteRequest,
  options: Pick<AdapterOptions, "failed"> & FailureFacts,
): void {
  try {
    options.failed?.(fault, request);
    if (response.headersSent) throw fault;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const failure = renderFailure(
      new AppError("InternalError", { cause: fault }),
      request,
      options,
    );
    send(message, response, request, failure);
  } catch {
    response.destroy();
  }
}

type FailureFacts = Pick<AdapterOptions, "bearerChallenge" | "cloud">;
type Messages = { readonly message: IncomingMessage; readonly response: ServerResponse };

async function handle(
  route: ServedRoute,
  request: RouteRequest,
  exchange: Messages,
  { authenticate, identify }: Pick<AdapterOptions, "authenticate" | "identify">,
): Promise<Answer> {
  if (route.authentication === "session") {
    if (identify === undefined) throw new TypeError(`${route.path} has no authentication`);
    return read(route, { ...request, ...(await identify(request)) }, exchange);
  }
  if ("action" in route) {
    const caller = await authenticate(request, route);
    const path = request.path.slice(route.below?.length ?? 0);
    return read(route, { ...request, path, caller }, exchange);
  }
  return read(route, request, exchange);
}

async function read<Known extends RouteRequest>(
  route: Reads<Known>,
  request: Known,
  { message, response }: Messages,
): Promise<Answer> {
  if (route.reads === "nothing") return route.handle(request);
  const bytes = await readBody(message, route, () => {
    if (message.headers.expect !== undefined && message.httpVersionMinor > 0)
      response.writeContinue();
  });
  // One character a byte: a compact JWS is ASCII, and any other text fails as such.
  if (route.reads === "jose") return route.handle({ ...request, body: bytes.toString("latin1") });
  if (route.reads === "events") return route.handle({ ...request, body: parseEventsBody(bytes) });
  return route.handle({ ...request, body: parseJsonBody(bytes) });
}

/** A request that Express may not have seen yet. */
type ExpressMessage = IncomingMessage & { readonly params?: Request["params"] };

/**
 * Never throws: the path was made to begin with a slash, after which nothing is part of the host.
 */
function readRequest(
  message: ExpressMessage,
  senderOf: NonNullable<AdapterOptions["senderOf"]> = ({ socket }) => socket.remoteAddress ?? "",
): RouteRequest {
  const { url: target = "" } = message;
  const url = new URL(`https://broker.invalid${target.startsWith("/") ? target : "/"}`);
  return {
    method: message.method === "HEAD" ? "GET" : (message.method ?? ""),
    path: url.pathname,
    parameters: Object.fromEntries(
      Object.entries(message.params ?? {}).map(([name, value]) => [name, [value].flat().join("/")]),
    ),
    query: url.searchParams,
    header(name) {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    address: senderOf(message),
    requestId: randomUUID(),
  };
}

function renderFailure(
  error: AppError,
  request: RouteRequest,
  { bearerChallenge, cloud }: FailureFacts,
): Answer {
  const { status, body } = renderArmError(error, {
    requestId: request.requestId,
    facts: { ...withoutUndefined({ cloud }), ...requestFacts(request) },
  });
  const { retryAfterSeconds, allow } = error.facts;
  return {
    status,
    headers: withoutUndefined({
      "x-ms-error-code": error.code,
      "retry-after": retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds),
      allow: error.code === "MethodNotAllowed" && allow !== undefined ? String(allow) : undefined,
      // Answers like Resource Manager for a resource that no provider has.
      "x-ms-failure-cause": error.code === "ResourceNotFound" ? "gateway" : undefined,
      "www-authenticate": error.code === "AuthenticationFailed" ? bearerChallenge : undefined,
    }),
    body: { json: body },
    failure: error,
    isUnproven: error.code === "AuthenticationFailed",
  };
}

/** The delay when no answer named one. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Names for the steps: the id by which this request is found in every log, and the order of its
 * path.
 */
function requestFacts(request: RouteRequest): Facts {
  const { subscriptionId = "", resourceGroup = "", jobName } = request.parameters;
  return {
    correlationId: correlationIdOf(request),
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    ...(jobName === undefined
      ? {}
      : orderFacts(orderIdOf({ subscriptionId, resourceGroup, name: jobName }))),
  };
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  request: RouteRequest,
  { status, headers: own, body }: Answer,
): void {
  if (response.destroyed) return;
  const headers = {
    ...tracingHeaders(request),
    ...ANSWER_HEADERS,
    ...(own?.["cache-control"] === undefined ? NEVER_STORED : {}),
    ...own,
    // A body that was not read is not needed: the connection ends with the answer.
    ...(message.complete ? {} : { connection: "close" }),
  };
  if (body === undefined) {
    // Node decides which answers without a body have a Content-Length.
    response.statusCode = status;
    response.setHeaders(new Map(Object.entries(headers))).end();
  } else if ("stream" in body) {
    response.writeHead(status, { ...headers, "content-type": body.mediaType });
    sendStream(message, response, body);
  } else {
    const { content, mediaType } = contentOf(body);
    const length = Buffer.byteLength(content);
    response
      .writeHead(status, { ...headers, "content-type": mediaType, "content-length": length })
      .end(content);
  }
}

/**
 * An answer is neither framed nor rendered with active content, regardless of the type that a
 * browser guesses.
 */
const ANSWER_HEADERS = {
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;
const NEVER_STORED = { "cache-control": "no-store", pragma: "no-cache", expires: "-1" } as const;

type Body = NonNullable<Answer["body"]>;
type StreamBody = Extract<Body, { stream: unknown }>;

/** Written as fast as the other side reads; a reader that is silent for this long is gone. */
const STALLED_MS = 60_000;

function sendStream(
  message: IncomingMessage,
  response: ServerResponse,
  { stream }: StreamBody,
): void {
  const left = new AbortController();
  response.once("close", () => left.abort());
  response.setTimeout(STALLED_MS, () => {
    response.destroy();
  });
  if (message.method === "HEAD") {
    response.end();
    return;
  }
  response.flushHeaders();
  // A reader may leave at any time, and no error needs to be reported.
  pipeline(stream(left.signal), response).catch(() => {
    response.destroy();
  });
}

function contentOf(body: Exclude<Body, StreamBody>): {
  readonly content: string | Uint8Array;
  readonly mediaType: string;
} {
  if ("json" in body)
    return { content: JSON.stringify(body.json), mediaType: "application/json; charset=utf-8" };
  return { content: "text" in body ? body.text : body.bytes, mediaType: body.mediaType };
}

/**
 * Headers that Azure puts on every answer ("Common API Details"); a client's own ids are echoed
 * when they are ids.
 */
function tracingHeaders(request: RouteRequest): Record<string, string> {
  return withoutUndefined({
    "x-ms-request-id": request.requestId,
    "x-ms-correlation-request-id": correlationIdOf(request),
    "x-ms-routing-request-id": `BROKER:${request.requestId}`,
    "x-ms-client-request-id": clientId(request, "x-ms-client-request-id"),
  });
}
