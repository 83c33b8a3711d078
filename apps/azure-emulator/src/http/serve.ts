import { randomUUID } from "node:crypto";
import type {
  IncomingMessage,
  OutgoingHttpHeaders,
  RequestListener,
  ServerResponse,
} from "node:http";

import type { Log } from "../log.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "./message.ts";

/** Largest accepted body: a Key Vault backup blob of many versions fits. */
const BODY_BYTES_MAXIMUM = 1_048_576;

/** Turns a handler into a listener of node:http(s). No handler can crash the server. */
export function serve(handler: HttpHandler, log: Log): RequestListener {
  return (incoming, outgoing) => {
    void answerOne(handler, log, incoming, outgoing);
  };
}

async function answerOne(
  handler: HttpHandler,
  log: Log,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const refuse = (status: number, code: string, message: string): void =>
    send(outgoing, { status, body: { error: { code, message } } });
  try {
    const body = await readBody(incoming);
    if (body === "too-large") {
      outgoing.setHeader("connection", "close");
      const message = `The request body exceeds ${BODY_BYTES_MAXIMUM} bytes.`;
      return refuse(413, "RequestEntityTooLarge", message);
    }
    const request = readTarget(incoming, body, requestId);
    if (request === undefined) {
      const message = "The request target is not a valid path: check its percent-encoding.";
      return refuse(400, "BadRequest", message);
    }
    send(outgoing, await handler(request));
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return;
    log("error", "request failed", {
      requestId,
      error: error instanceof Error ? (error.stack ?? error.message) : "unknown",
    });
    if (outgoing.headersSent) outgoing.destroy();
    else {
      const message = `The emulator failed on this request; its log names ${requestId}.`;
      refuse(500, "InternalServerError", message);
    }
  }
}

/** Listeners instead of an async iterator: a third less time per request. */
function readBody(incoming: IncomingMessage): Promise<Buffer | "too-large"> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAXIMUM) chunks.push(chunk);
      else resolve("too-large");
    });
    incoming.on("end", () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    incoming.on("error", reject);
  });
}

function readTarget(
  incoming: IncomingMessage,
  body: Buffer,
  requestId: string,
): HttpRequest | undefined {
  const target = withoutAuthority(incoming.url ?? "/");
  const [rawPath = "/", ...queryParts] = target.split("?");
  const path = decodePath(rawPath);
  if (path === undefined) return undefined;
  return {
    method: incoming.method ?? "GET",
    host: (incoming.headers.host ?? "").replace(/:\d+$/u, "").toLowerCase(),
    target,
    path,
    query: readQuery(queryParts.join("?")),
    headers: incoming.headers,
    body,
    remoteAddress: incoming.socket.remoteAddress ?? "",
    requestId,
  };
}

/** Clients that take a server for a proxy send the whole URL, which it has to accept (RFC 9112 §3.2.2). */
function withoutAuthority(target: string): string {
  const path = /^https?:\/\/[^/?]*(.*)$/iu.exec(target)?.[1];
  return path === undefined || path.startsWith("/") ? (path ?? target) : `/${path}`;
}

function decodePath(rawPath: string): string | undefined {
  if (!rawPath.startsWith("/")) return undefined;
  if (!rawPath.includes("%")) return rawPath;
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
}

function readQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const key = name.toLowerCase();
    if (!query.has(key)) query.set(key, value);
  }
  return query;
}

function send(outgoing: ServerResponse, answer: HttpAnswer): void {
  if (answer.transport === "connection-reset") {
    // A reset of the TCP connection below TLS is not possible here; clients treat an end without
    // close_notify as one.
    outgoing.socket?.destroy();
    return;
  }
  const { content, contentType } = renderBody(answer.body);
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  if (contentType !== undefined && headers["content-type"] === undefined)
    headers["content-type"] = contentType;
  if (answer.status !== 204 && answer.status !== 304)
    headers["content-length"] = Buffer.byteLength(content);
  outgoing.writeHead(answer.status, headers);
  if (answer.transport === "half-body") {
    const half = Buffer.from(content).subarray(0, Math.floor(Buffer.byteLength(content) / 2));
    outgoing.write(half, () => outgoing.socket?.destroy());
    return;
  }
  outgoing.end(answer.status === 204 ? undefined : content);
}

/** Text stays text: node:http sends it in one record with the headers. */
function renderBody(body: HttpAnswer["body"]): {
  content: Buffer | string;
  contentType?: string | undefined;
} {
  if (body === undefined) return { content: "" };
  if (Buffer.isBuffer(body) || typeof body === "string") return { content: body };
  return { content: JSON.stringify(body), contentType: "application/json; charset=utf-8" };
}
