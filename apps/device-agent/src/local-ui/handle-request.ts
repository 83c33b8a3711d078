import type { IncomingMessage, ServerResponse } from "node:http";

import { equalConstantTime } from "@databox-cmk/crypto";
import { AppError, ERRORS, type Facts, toAppError } from "@databox-cmk/errors";
import {
  addressKey,
  BodyTooLong,
  newNonce,
  pageHeaders,
  type RateLimit,
  readBytes,
  type StaticSite,
} from "@databox-cmk/http";
import type { LocalError, LocalState } from "@databox-cmk/protocol";

import { describeError, describeFailure, LocalFailureAnswer } from "./describe-failure.ts";
import type { EventStreams } from "./event-stream.ts";
import { judgeSender } from "./judge-sender.ts";
import type { LocalAnswer, LocalRoute } from "./route.ts";
import { type Session, sessionCookie, type SessionStore } from "./session-store.ts";

export type HandlerDependencies = {
  readonly routes: readonly LocalRoute[];
  readonly sessions: SessionStore;
  readonly site: StaticSite;
  readonly streams: EventStreams;
  readonly view: (session: Session | undefined) => LocalState;
  /** Whether a DNS name in lower case is one of this appliance's present names. */
  readonly isOwnName: (name: string) => boolean;
  readonly serial: string;
  /** Values for the steps of a failure. */
  readonly known: Facts;
  /** Rate limits of all requests, and of costly ones. */
  readonly limit: RateLimit;
  readonly costlyLimit: RateLimit;
};

const EVENTS = "/api/events";
const TYPES = ["text/html", "*/*"];

/**
 * In order: sender → rate → route → session → token → body → work. The first failure is the answer.
 */
export function createHandler(dependencies: HandlerDependencies) {
  const { known } = dependencies;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const nonce = newNonce();
    for (const [name, value] of Object.entries(pageHeaders(nonce, { forms: "'none'" })))
      response.setHeader(name, value);
    try {
      await handle(dependencies, request, response, nonce);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      renderFailure(response, error, known);
    }
  };
}

async function handle(
  dependencies: HandlerDependencies,
  request: IncomingMessage,
  response: ServerResponse,
  nonce: string,
): Promise<void> {
  const { sessions, streams, view, isOwnName, limit, serial } = dependencies;
  const { method = "GET", headers } = request;
  const { host, origin } = headers;
  const fetchSite = one(headers["sec-fetch-site"]);
  judgeSender({ method, host, origin, fetchSite }, isOwnName);
  const who = addressKey(request.socket.remoteAddress ?? "");
  requireRate(limit, who);
  // Joined, not resolved: a target with another host becomes a path here, and matches no route.
  const url = URL.parse(`https://${host ?? ""}${request.url ?? "/"}`);
  if (url === null || request.url?.startsWith("/") !== true)
    throw new AppError("LocalRequestMalformed", { reason: "route" });
  if (!url.pathname.startsWith("/api/")) {
    await serveFile(dependencies, request, response, url.pathname, nonce);
    return;
  }
  const token = readCookie(headers.cookie, sessionCookie(serial));
  if (url.pathname === EVENTS && method === "GET") {
    // Read again for each event: a person who has signed out sees only public data.
    if (!streams.open(response, () => view(sessions.peek(token))))
      throw new AppError("LocalRequestTooMany", { facts: { retryAfterSeconds: 30 } });
    return;
  }
  const session = sessions.find(token);
  const answer = await answerApi(dependencies, request, { url, who, token, session });
  send(response, answer);
}

type Called = {
  readonly url: URL;
  readonly who: string;
  readonly token: string | undefined;
  readonly session: Session | undefined;
};

async function answerApi(
  { routes, costlyLimit }: Pick<HandlerDependencies, "costlyLimit" | "routes">,
  request: IncomingMessage,
  { url, who, token, session }: Called,
): Promise<LocalAnswer> {
  const { method = "GET", headers } = request;
  const route = routes.find((row) => row.method === method && row.path === url.pathname);
  if (route === undefined) throw new AppError("LocalRequestMalformed", { reason: "route" });
  if (route.authentication === "session") {
    if (session === undefined) throw new AppError("LocalSignInRequired");
    if (method !== "GET") requireToken(one(headers["x-csrf-token"]), session);
  }
  if (route.isCostly === true) requireRate(costlyLimit, who);
  const body = route.maxBytes === 0 ? undefined : await readJson(request, route.maxBytes);
  const address = url.hostname.replace(/^\[|\]$/g, "");
  return route.handle({ body, session, token, address, query: url.searchParams });
}

function requireToken(given: string | undefined, { csrfToken }: Session): void {
  if (given !== undefined && equalConstantTime(Buffer.from(given), Buffer.from(csrfToken))) return;
  throw new AppError("LocalRequestForbidden", { reason: "token" });
}

function requireRate(limit: RateLimit, who: string): void {
  const retryAfterSeconds = limit(who);
  if (retryAfterSeconds !== undefined)
    throw new AppError("LocalRequestTooMany", { facts: { retryAfterSeconds } });
}

async function serveFile(
  { site }: Pick<HandlerDependencies, "site">,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  nonce: string,
): Promise<void> {
  const { method, headers } = request;
  if (method !== "GET" && method !== "HEAD")
    throw new AppError("LocalRequestMalformed", { reason: "route" });
  const file = await site.file(path.slice(1), {
    acceptEncoding: one(headers["accept-encoding"]),
    ifNoneMatch: headers["if-none-match"],
  });
  const accept = headers.accept ?? "*/*";
  const page = TYPES.some((type) => accept.includes(type)) ? site.page(nonce) : undefined;
  if (file === undefined && page === undefined)
    throw new AppError("LocalRequestMalformed", { reason: "route" });
  const content = file === undefined ? (page ?? "") : (file.bytes ?? "");
  response.writeHead(file?.status ?? 200, {
    ...(file?.headers ?? {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
    }),
    "content-length": Buffer.byteLength(content),
  });
  response.end(method === "HEAD" ? undefined : content);
}

function send(response: ServerResponse, { status, json, cookie }: LocalAnswer): void {
  if (cookie !== undefined) response.setHeader("set-cookie", cookie);
  const text = JSON.stringify(json ?? {});
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

function renderFailure(response: ServerResponse, error: unknown, known: Facts): void {
  const isEvent = error instanceof LocalFailureAnswer;
  const failure = isEvent ? describeFailure(error.event) : describeError(error, known);
  const status = isEvent ? error.status : ERRORS[toAppError(error).code].httpStatus;
  if (failure.retryAfterSeconds !== undefined)
    response.setHeader("retry-after", failure.retryAfterSeconds);
  if (status === 413) response.setHeader("connection", "close");
  send(response, { status, json: { error: failure } satisfies LocalError });
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** Value of a cookie; undefined without one, or with more than one. */
function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/**
 * The body as JSON. A form cannot send that media type without a preflight (CORS), which this
 * server never allows.
 *
 * @throws {AppError} `LocalRequestMalformed`
 */
async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    throw new AppError("LocalRequestMalformed", { reason: "type" });
  const whole = await readBytes(request, maxBytes).catch((cause: unknown) => {
    if (!(cause instanceof BodyTooLong)) throw cause;
    throw new AppError("LocalRequestMalformed", { reason: "size", detail: cause.message });
  });
  try {
    return JSON.parse(whole.toString("utf8"));
  } catch {
    throw new AppError("LocalRequestMalformed", { reason: "body", detail: "body: not JSON" });
  } finally {
    whole.fill(0); // It may hold a passkey.
  }
}
