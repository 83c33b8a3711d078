import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContextOptions } from "node:tls";

import { AppError, renderArmError, systemCodeOf } from "@databox-cmk/errors";

import type { ConnectionPlaces } from "../load/connection-places.ts";
import { keepPlace, limitConnections, onceSecure, portOf } from "./limit-connections.ts";
import { inheritSender, readProxyHeaders } from "./read-proxy-headers.ts";
import type { Networks } from "./sender-of.ts";

export type ListenOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly handler: RequestListener;
  /** Absent: connections are not limited. */
  readonly connections?: ConnectionPlaces;
  /** Their connections begin with a header of PROXY protocol v2. */
  readonly balancers?: Networks | undefined;
  /** Receives requests that never reach the handler. @returns the answer */
  readonly refuse?: (request: BrokenRequest) => AppError;
  readonly timeouts?: Timeouts;
};

/** A request that Node's parser refused, or CONNECT. */
export type BrokenRequest = {
  /** UUID. */
  readonly requestId: string;
  readonly address: string;
  readonly status: number;
  readonly error: AppError;
  /** Node's code for it. */
  readonly cause: string;
};

/**
 * A slow message is cut off (slow loris): its handshake, its header, then the whole of it; checked
 * at each `checkMs`.
 */
export type Timeouts = {
  readonly handshakeMs: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkMs: number;
  /**
   * A connection that is silent in both directions for this long is closed; longer than any answer
   * waits for news.
   */
  readonly silenceMs?: number;
  /** A connection that has had its answers is kept for this long. */
  readonly keepAliveMs?: number;
};
const TIMEOUTS: Timeouts = {
  handshakeMs: 5_000,
  headersMs: 5_000,
  requestMs: 10_000,
  checkMs: 1_000,
};

export type Listener = {
  readonly port: number;
  /** Serves new connections; open ones stay as they are. PEM. */
  setCertificate(pair: Pick<ListenOptions, "certificate" | "privateKey">): void;
  /** From now on, each answer closes its connection: the next one may reach another replica. */
  leave(): void;
  /** Accepts no new connection, lets requests finish within the limit, then closes the rest. */
  close(graceMs: number): Promise<void>;
};

const KEEP_ALIVE_MS = 60_000;
const SILENCE_MS = 180_000;
/** The other side has this long to read the reason of a refusal. */
const LINGER_MS = 2_000;
/** Entra tokens of people in many groups take up to 8 KiB. */
const HEADER_MAX_BYTES = 16 * 1024;
const HEADERS_MAX = 64;

/** @throws {AppError} PortInUse; Misuse for an address that it cannot listen on */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createTlsServer(options);
  server.maxHeadersCount = HEADERS_MAX;
  const { balancers, connections, refuse = ({ error }) => error, timeouts = TIMEOUTS } = options;
  if (connections !== undefined) limitConnections(server, connections);
  // After it, so that places are counted by sender.
  if (balancers !== undefined) readProxyHeaders(server, balancers, timeouts.handshakeMs);
  onceSecure(server, (plain, secure) => {
    inheritSender(plain, secure);
    if (connections !== undefined) keepPlace(connections, plain, secure);
  });
  const answering = new Set<ServerResponse>();
  const ending = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const before = [...answering].filter(({ req }) => req.socket === socket && req.complete);
    const last = before.at(-1);
    if (ending.has(socket)) return;
    if (last === undefined) answerBrokenRequest(error, socket, refuse);
    else {
      // The whole requests that were sent before it are answered first, in their order.
      ending.add(socket);
      last.once("close", () => {
        ending.delete(socket);
        answerBrokenRequest(error, socket, refuse);
      });
    }
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    const error = new AppError("MethodNotAllowed", { detail: `${request.method ?? ""}: no proxy` });
    answerOnSocket(socket, "405 Method Not Allowed", error, "CONNECT", refuse);
  });
  // The body is requested when it is read, after its sender was admitted.
  server.on("checkContinue", (request, response) => server.emit("request", request, response));
  // RFC 9110 §10.1.1 allows to answer as if an unknown expectation were not there; Node's own
  // answer is not in our shape.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.setTimeout(timeouts.silenceMs ?? SILENCE_MS);
  let isLeaving = false;
  // Before the handler, which may answer at once.
  server.prependListener("request", (_request, response: ServerResponse) => {
    if (isLeaving) response.setHeader("connection", "close");
    answering.add(response);
    response.once("close", () => answering.delete(response));
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<undefined>();
  server.once("error", reject);
  server.listen(options.port, options.host, () => resolve(undefined));
  try {
    await listening;
  } catch (cause) {
    throw listenFailure(cause, options);
  }
  server.off("error", reject);
  return {
    port: portOf(server),
    setCertificate: (pair) => {
      server.setSecureContext({ ...tlsOf(pair), ticketKeys: server.getTicketKeys() });
    },
    leave() {
      isLeaving = true;
      endAfterAnswer(answering);
    },
    close: (graceMs) => close(server, answering, graceMs),
  };
}

function createTlsServer(options: ListenOptions): Server {
  const { handler, timeouts = TIMEOUTS } = options;
  return createServer(
    {
      ...tlsOf(options),
      handshakeTimeout: timeouts.handshakeMs,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkMs,
      keepAliveTimeout: timeouts.keepAliveMs ?? KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_MAX_BYTES,
      // Node would answer by itself; the handler refuses a request without one.
      requireHostHeader: false,
    },
    handler,
  );
}

const tlsOf = (
  options: Pick<ListenOptions, "certificate" | "privateKey">,
): SecureContextOptions => {
  return { cert: options.certificate, key: options.privateKey, minVersion: "TLSv1.2" };
};

function endAfterAnswer(answering: ReadonlySet<ServerResponse>): void {
  for (const response of answering)
    if (!response.headersSent) response.setHeader("connection", "close");
}

async function close(
  server: Server,
  answering: ReadonlySet<ServerResponse>,
  graceMs: number,
): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<undefined>();
  server.close(() => resolve(undefined));
  server.closeIdleConnections();
  // Node would keep these connections for their next request, and with them the server.
  endAfterAnswer(answering);
  const overdue = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(overdue);
  // Those that were cut off end a little later; one that waits behind another has no socket.
  const cutOff = [...answering].filter(({ socket }) => socket !== null);
  await Promise.all(cutOff.map((response) => once(response, "close")));
}

function listenFailure(
  cause: unknown,
  { host, port }: Pick<ListenOptions, "host" | "port">,
): unknown {
  const code = systemCodeOf(cause) ?? "";
  const facts = { port, host };
  switch (code) {
    case "EADDRINUSE":
      return new AppError("PortInUse", {
        detail: `port ${String(port)} of ${host} is in use; stop what uses it, or set BROKER_PORT`,
        facts,
        cause,
      });
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new AppError("Misuse", {
        detail: `BROKER_HOST, BROKER_PORT: cannot listen on ${host}:${String(port)} (${code})`,
        facts,
        cause,
      });
    default:
      return cause;
  }
}

const BROKEN_REQUESTS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
};
const MALFORMED = "400 Bad Request";

/**
 * Node stops reading requests while many answers wait to be sent, but loses those that TLS had
 * already decrypted. Their sender has to repeat them (RFC 9112 §9.3.2).
 */
const MORE_THAN_IS_READ = "HPE_PAUSED";

/** Codes of Node's HTTP parser. */
const PARSER_ERROR = /^HPE_/;

/**
 * Bytes that are not HTTP never reach a route; they get the same kind of answer, if the connection
 * still accepts one. Node also reports connection errors here. A handshake that was too slow must
 * not be answered: the text would be sent once the handshake completes after all, as the answer to
 * a valid request.
 */
function answerBrokenRequest(
  { code: cause = "" }: NodeJS.ErrnoException,
  socket: Duplex,
  refuse: (request: BrokenRequest) => AppError,
): void {
  if (cause === MORE_THAN_IS_READ) {
    socket.end();
    return;
  }
  const status = BROKEN_REQUESTS[cause] ?? (PARSER_ERROR.test(cause) ? MALFORMED : undefined);
  if (status === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = new AppError("InvalidRequestContent", { detail: `request: ${status}` });
  answerOnSocket(socket, status, error, cause, refuse);
}

/** Writes an answer where Node has no response object for one, and ends the connection. */
function answerOnSocket(
  socket: Duplex,
  statusLine: string,
  error: AppError,
  cause: string,
  refuse: (request: BrokenRequest) => AppError,
): void {
  const requestId = randomUUID();
  const address = socket instanceof Socket ? (socket.remoteAddress ?? "") : "";
  const told = refuse({
    requestId,
    address,
    status: Number.parseInt(statusLine, 10),
    error,
    cause,
  });
  const { status, body } = renderArmError(told, { requestId });
  const { retryAfterSeconds } = told.facts;
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${told === error ? statusLine : `${String(status)} Refused`}`,
      "connection: close",
      "content-type: application/json; charset=utf-8",
      `content-length: ${String(Buffer.byteLength(text))}`,
      `x-ms-error-code: ${told.code}`,
      `x-ms-request-id: ${requestId}`,
      ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${String(retryAfterSeconds)}`]),
      "cache-control: no-store",
      "x-content-type-options: nosniff",
      "",
      text,
    ].join("\r\n"),
  );
  // Node lets the other side keep its half of the connection open, for ever if it likes.
  socket.resume();
  const overdue = setTimeout(() => socket.destroy(), LINGER_MS);
  overdue.unref();
  socket.once("close", () => clearTimeout(overdue));
}
