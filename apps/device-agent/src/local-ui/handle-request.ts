import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { encodeBase64url, equalConstantTime } from "@databox-cmk/crypto";
import { AppError, ERRORS, type Facts, toAppError } from "@databox-cmk/errors";
import type { LocalError, LocalState } from "@databox-cmk/protocol";

import { describeError, describeFailure } from "./describe-failure.ts";
import type { EventStreams } from "./event-stream.ts";
import { judgeSender } from "./judge-sender.ts";
import { LocalFailureAnswer } from "./local-failure-answer.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { LocalAnswer, LocalRoute } from "./route.ts";
import { securityHeaders } from "./security-headers.ts";
import { type Session, sessionCookie, type SessionStore } from "./session-store.ts";
import type { StaticFiles } from "./static-files.ts";

export type HandlerDependencies = {
  readonly routes: readonly LocalRoute[];
  readonly sessions: SessionStore;
  readonly files: StaticFiles;
  readonly streams: EventStreams;
  readonly view: (session: Session | undefined) => LocalState;
  /** The present DNS names of this appliance. */
  readonly names: () => readonly string[];
  readonly serial: string;
  /** Values for the steps of a failure. */
  readonly known: Facts;
  /** Rate limits of all requests, and of costly ones. */
  readonly limit: RateLimit;
  readonly costlyLimit: RateLimit;
};

const NONCE_BYTES = 16;
const EVENTS = "/api/events";
const TYPES = ["text/html", "*/*"];

/**
 * In order: sender → rate → route → session → token → body → work. The first failure is the answer.
 */
export function createHandler(dependencies: HandlerDependencies) {
  const { known } = dependencies;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const nonce = encodeBase64url(randomBytes(NONCE_BYTES));
    for (const [name, value] of Object.entries(securityHeaders(nonce)))
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
  const { sessions, streams, view, names, limit, serial } = dependencies;
  const { method = "GET", headers } = request;
  const { host, origin } = headers;
  const fetchSite = one(headers["sec-fetch-site"]);
  judgeSender({ method, host, origin, fetchSite }, names());
  const who = request.socket.remoteAddress ?? "";
  requireRate(limit, who);
  // Joined, not resolved: a target with another host becomes a path here, and matches no route.
  const url = URL.parse(`https://${host ?? ""}${request.url ?? "/"}`);
  if (url === null || request.url?.startsWith("/") !== true)
    throw new AppError("LocalRequestMalformed", { reason: "route" });
  if (!url.pathname.startsWith("/api/")) {
    serveFile(dependencies, request, response, url.pathname, nonce);
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
  { routes, costlyLimit }: HandlerDependencies,
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
  const retryAfterSeconds = limit.take(who);
  if (retryAfterSeconds > 0)
    throw new AppError("LocalRequestTooMany", { facts: { retryAfterSeconds } });
}

function serveFile(
  { files }: HandlerDependencies,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  nonce: string,
): void {
  const { method, headers } = request;
  if (method !== "GET" && method !== "HEAD")
    throw new AppError("LocalRequestMalformed", { reason: "route" });
  const file = files.find(path);
  const accept = headers.accept ?? "*/*";
  const page = TYPES.some((type) => accept.includes(type)) ? files.page(nonce) : undefined;
  const content = file?.content ?? page;
  if (content === undefined) throw new AppError("LocalRequestMalformed", { reason: "route" });
  response.writeHead(200, {
    "content-type": file?.mediaType ?? "text/html; charset=utf-8",
    "content-length": content.byteLength,
    "cache-control":
      file?.isImmutable === true ? "public, max-age=31536000, immutable" : "no-cache",
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
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > maxBytes)
      throw new AppError("LocalRequestMalformed", {
        reason: "size",
        detail: `more than ${String(maxBytes)} bytes`,
      });
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  try {
    return JSON.parse(whole.toString("utf8"));
  } catch {
    throw new AppError("LocalRequestMalformed", { reason: "body", detail: "body: not JSON" });
  } finally {
    for (const chunk of [whole, ...chunks]) chunk.fill(0); // It may hold a passkey.
  }
}
