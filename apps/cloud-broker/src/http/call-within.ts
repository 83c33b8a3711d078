import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from "node:http";
import { type Agent, request as requestSecure } from "node:https";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

import { systemCodeOf } from "@databox-cmk/errors";
import { BodyTooLong, readBytes } from "@databox-cmk/http";

/** Bounds of one call to another party. */
export type CallLimits = {
  /** Limits the answer's body, both as it is sent and decompressed. */
  readonly maxBytes: number;
  /** Limits the whole call: name, connection, request and the last byte of the answer. */
  readonly timeMs: number;
};

export type OutgoingCall = {
  /** Connections of https; plain http has Node's own. */
  readonly agent: Agent;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type WholeAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: Buffer;
};

/**
 * Why there is no answer. `code` is one of Node's (ECONNREFUSED, ENOTFOUND, …) or one of ours:
 *
 * - `ETIMEDOUT`: the time of the whole call is over;
 * - `ANSWER_TOO_LARGE`: the body has more bytes than the limit, before or after it is decompressed;
 * - `PARSE_ERROR`: the answer began and cannot be read to its end.
 */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`the call failed: ${code}`, { cause });
    this.code = code;
  }
}

const DECOMPRESS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/**
 * The one way out of this process: every byte that comes back is counted before it is kept.
 * Redirects are not followed.
 *
 * By hand: neither the Azure SDK's client nor undici's fetch bounds an answer after decompression,
 * and undici has a connection pool, trust and name resolution of its own. got has such a bound for
 * neither.
 *
 * @throws {CallFailure}
 */
export async function callWithin(
  limits: CallLimits,
  url: string,
  call: OutgoingCall,
): Promise<WholeAnswer> {
  using exchange = openExchange(limits, url, call);
  const answer = await exchange.head;
  const sent = await readAtMost(answer, limits.maxBytes).catch((error: unknown) => {
    throw exchange.failureOf(error, "PARSE_ERROR");
  });
  const body = await decompress(sent, answer.headers["content-encoding"], limits.maxBytes);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}

/**
 * Likewise, for answers of which only the head matters: the body is read to its end, so that the
 * connection can be reused, or to the limit, at which the connection is closed.
 *
 * @throws {CallFailure} before the head has arrived; never for the body
 */
export async function callForHead(
  limits: CallLimits,
  url: string,
  call: OutgoingCall,
): Promise<Omit<WholeAnswer, "body">> {
  const exchange = openExchange(limits, url, call);
  try {
    const answer = await exchange.head;
    void readAtMost(answer, limits.maxBytes)
      .catch(() => undefined)
      .finally(() => {
        exchange[Symbol.dispose]();
      });
    return { status: answer.statusCode ?? 0, headers: answer.headers };
  } catch (failure) {
    exchange[Symbol.dispose]();
    throw failure;
  }
}

type OpenExchange = Disposable & {
  readonly head: Promise<IncomingMessage>;
  failureOf(error: unknown, otherwise: string): CallFailure;
};

function openExchange({ timeMs }: CallLimits, url: string, call: OutgoingCall): OpenExchange {
  const { promise: head, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const target = new URL(url);
  const { body, signal } = call;
  const options = {
    method: call.method,
    headers: {
      ...call.headers,
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
    },
  };
  const outgoing =
    target.protocol === "https:"
      ? requestSecure(target, { ...options, agent: call.agent })
      : requestPlain(target, options);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    outgoing.destroy();
  };
  const overdue = setTimeout(end, timeMs);
  const failureOf = (error: unknown, otherwise: string): CallFailure => {
    if (isOver) return new CallFailure("ETIMEDOUT", error);
    return error instanceof CallFailure ? error : new CallFailure(otherwise, error);
  };
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    reject(failureOf(error, error.code ?? "ECONNRESET"));
  });
  // Without an error: destroyed by the time limit before an answer began.
  const closed = (): void => reject(failureOf(undefined, "ECONNRESET"));
  outgoing.once("close", closed);
  outgoing.once("response", (answer) => {
    outgoing.off("close", closed);
    resolve(answer);
  });
  if (signal?.aborted === true) end();
  else signal?.addEventListener("abort", end);
  outgoing.end(body);
  return {
    head,
    failureOf,
    [Symbol.dispose]() {
      clearTimeout(overdue);
      signal?.removeEventListener("abort", end);
    },
  };
}

async function readAtMost(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  try {
    return await readBytes(answer, maxBytes);
  } catch (error) {
    answer.destroy(); // and its connection
    throw error instanceof BodyTooLong ? new CallFailure("ANSWER_TOO_LARGE") : error;
  }
}

/** In a thread of zlib's, which stops at the limit: the event loop serves others meanwhile. */
async function decompress(
  sent: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || sent.byteLength === 0) return sent;
  if (name !== "gzip" && name !== "deflate" && name !== "br") throw new CallFailure("PARSE_ERROR");
  try {
    return await DECOMPRESS[name](sent, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge = systemCodeOf(cause) === "ERR_BUFFER_TOO_LARGE";
    throw new CallFailure(isTooLarge ? "ANSWER_TOO_LARGE" : "PARSE_ERROR", cause);
  }
}
