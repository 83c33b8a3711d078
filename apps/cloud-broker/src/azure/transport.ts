import { lookup as systemLookup } from "node:dns";
import { Agent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { createSecureContext, getCACertificates } from "node:tls";

import {
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  createHttpHeaders,
  RestError,
} from "@azure/core-rest-pipeline";
import { systemCodeOf } from "@databox-cmk/errors";
import { lookupBy } from "@databox-cmk/http/name-lookup";
import { nameSender } from "@databox-cmk/protocol";
import { context, propagation } from "@opentelemetry/api";

import { CallFailure, callWithin } from "../http/call-within.ts";
import type { ClockWatch } from "../observability/clock-watch.ts";
import { parseDate } from "./ask-for-date.ts";
import { noteExchange } from "./exchange.ts";

const CONNECT_TIMEOUT_MS = 2000;
/**
 * How long one address may take until the next is tried: with Node's 250 ms, none of two is reached
 * over a slow link. As much may pass for the name (`lookupBy`), and the last one has the rest.
 */
const ADDRESS_TIMEOUT_MS = 500;
export const CALL_TIMEOUT_MS = 10_000;
/** A vault writes the client's id of a call into its log, but not its own `x-ms-request-id`. */
export const CALL_ID_HEADER = "x-ms-client-request-id";
/** Customers see it in the log of their vault. */
export const USER_AGENT = { userAgentPrefix: nameSender("databox-broker") } as const;
const MAX_SOCKETS_PER_HOST = 64;
/** A key, a token or an error has a few kilobytes. */
const ANSWER_MAX_BYTES = 256 * 1024;
/** Pages of lists, such as the role assignments of a person. */
export const LIST_MAX_BYTES = 2 * 1024 * 1024;

/** Shared by all Azure clients: connections, trust and names. */
export type AzureTransport = {
  /** Options for every SDK client. A new object at each call, since the SDKs write into theirs. */
  clientOptions(limits?: { readonly maxBytes: number }): {
    readonly httpClient: HttpClient;
    readonly retryOptions: { readonly maxRetries: 0 };
    readonly redirectOptions: { readonly maxRetries: 0 };
    readonly userAgentOptions: typeof USER_AGENT;
  };
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  /** Whether a name resolves; the control for another name that does not. */
  resolves(hostname: string): Promise<boolean>;
  close(): void;
};

/**
 * @param options.extraCaPem - trusted besides the system's certificates
 * @param options.dnsServer - resolves every name instead of the system's resolver
 */
export function createAzureTransport(options: {
  readonly extraCaPem?: string | undefined;
  readonly dnsServer?: DnsServer | undefined;
  /** The HTTP client; absent: one that bounds every answer. */
  readonly httpClient?: HttpClient | undefined;
  /** Name resolution, connection and handshake together take no longer. */
  readonly connectTimeoutMs?: number;
  /** Hears the date of each answer; absent: nothing compares. */
  readonly clock?: ClockWatch | undefined;
  /** The servers whose dates count; absent: every https server. */
  readonly timeSources?: readonly string[];
}): AzureTransport {
  const lookup = createLookup(options.dnsServer);
  const agent = createAgent(lookup, options);
  const createClient = (maxBytes: number): HttpClient => {
    const inner = options.httpClient ?? createHttpClient(agent, maxBytes);
    return { sendRequest: (request) => send(inner, request, options) };
  };
  const usual = createClient(ANSWER_MAX_BYTES);

  return {
    // No redirects (a vault never sends any), and no automatic retries.
    clientOptions: (limits) => ({
      httpClient: limits === undefined ? usual : createClient(limits.maxBytes),
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      userAgentOptions: USER_AGENT,
    }),
    agent,
    lookup,
    resolves: (hostname) =>
      new Promise((resolve) => {
        lookup(hostname, {}, (error) => resolve(error === null));
      }),
    close: () => agent.destroy(),
  };
}

type DnsServer = { readonly address: string; readonly port: number };

/** By one name server, or by the system when none is given. */
export function createLookup(server: DnsServer | undefined): LookupFunction {
  if (server === undefined) return systemLookup;
  const { address, port } = server;
  return lookupBy(`${address.includes(":") ? `[${address}]` : address}:${String(port)}`);
}

/** Such a certificate may be right, and our clock wrong. */
const OF_ANOTHER_TIME: ReadonlySet<string | undefined> = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
]);

async function send(
  inner: HttpClient,
  request: PipelineRequest,
  {
    clock,
    // IMDS is this machine itself.
    timeSources = ["https:"],
  }: { readonly clock?: ClockWatch | undefined; readonly timeSources?: readonly string[] },
): Promise<PipelineResponse> {
  if (request.timeout === 0) request.timeout = CALL_TIMEOUT_MS;
  // Does nothing without a trace collector.
  propagation.inject(context.active(), request.headers, {
    set: (headers, name, value) => headers.set(name, value),
  });
  try {
    const response = await inner.sendRequest(request);
    noteAnswer(response);
    const date = timeSources.some((source) => request.url.startsWith(source))
      ? parseDate(response.headers.get("date"))
      : undefined;
    if (date !== undefined) clock?.note("azure", date);
    return response;
  } catch (error) {
    const code = codeOf(error);
    if (OF_ANOTHER_TIME.has(code)) clock?.suspect();
    noteExchange({ kind: "network", code });
    throw error;
  }
}

function createAgent(
  lookup: LookupFunction,
  {
    extraCaPem,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
  }: { readonly extraCaPem?: string | undefined; readonly connectTimeoutMs?: number },
): Agent {
  // One context for all connections: reading the trusted certificates takes longer than a
  // handshake.
  const trust =
    extraCaPem === undefined
      ? {}
      : {
          secureContext: createSecureContext({ ca: [...getCACertificates("default"), extraCaPem] }),
        };
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS_PER_HOST,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    lookup,
    ...trust,
  });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    if (socket === null || socket === undefined) return socket;
    let isResolved = isIP(options.host ?? "") !== 0;
    socket.once("lookup", () => {
      isResolved = true;
    });
    const timer = setTimeout(() => {
      const code = isResolved ? "ETIMEDOUT" : "EAI_AGAIN";
      socket.destroy(Object.assign(new Error("connect timeout"), { code }));
    }, connectTimeoutMs);
    const stop = (): void => clearTimeout(timer);
    socket.once("secureConnect", stop).once("close", stop);
    return socket;
  };
  return agent;
}

/** No party's wish makes an appliance or a client wait longer. */
const LONGEST_RETRY_AFTER_SECONDS = 3600;

/** When the caller may try again: in seconds, in milliseconds, or as a date of the same answer. */
export function retryAfterOf(get: (name: string) => string | undefined): number | undefined {
  const [milliseconds] = ["retry-after-ms", "x-ms-retry-after-ms"].flatMap((name) =>
    /^\d+$/.test(get(name) ?? "") ? Number(get(name)) / 1000 : [],
  );
  const text = get("retry-after") ?? "";
  const dateMs = /[a-z]/i.test(text) ? parseDate(text) : undefined;
  const seconds =
    milliseconds ??
    (/^\d+$/.test(text) ? Number(text) : undefined) ??
    (dateMs === undefined ? undefined : (dateMs - (parseDate(get("date")) ?? Date.now())) / 1000);
  return seconds === undefined
    ? undefined
    : Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_RETRY_AFTER_SECONDS);
}

function noteAnswer({ request, status, headers, bodyAsText }: PipelineResponse): void {
  const requestId = request.headers.get(CALL_ID_HEADER) ?? headers.get("x-ms-request-id");
  const vaultRegion = headers.get("x-ms-keyvault-region");
  noteExchange({
    kind: "answer",
    status,
    body: status >= 200 && status < 300 ? "" : (bodyAsText ?? ""),
    requestId: requestId === undefined ? undefined : requestId.slice(0, 64),
    retryAfterSeconds: retryAfterOf((name) => headers.get(name)),
    vaultRegion: vaultRegion === undefined ? undefined : vaultRegion.slice(0, 64),
  });
}

/** An abort is always our own time limit. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "AbortError" || error.name === "TimeoutError") return "ETIMEDOUT";
  return systemCodeOf(error);
}

/**
 * The HTTP client of the SDKs. Their own one does not limit an answer, and decompresses everything
 * that it gets.
 */
function createHttpClient(agent: Agent, maxBytes: number): HttpClient {
  return {
    async sendRequest(request) {
      try {
        const { status, headers, body } = await callWithin(
          { maxBytes, timeMs: request.timeout },
          request.url,
          {
            agent,
            method: request.method,
            headers: request.headers.toJSON(),
            body: bodyOf(request),
            signal: signalOf(request),
          },
        );
        const received = createHttpHeaders();
        for (const [name, value] of Object.entries(headers))
          if (value !== undefined)
            received.set(name, typeof value === "string" ? value : value.join(", "));
        return { request, status, headers: received, bodyAsText: body.toString("utf8") };
      } catch (cause) {
        if (!(cause instanceof CallFailure)) throw cause;
        if (cause.code === "ETIMEDOUT") throw abortError(cause);
        throw Object.assign(new RestError(cause.message, { code: cause.code, request }), { cause });
      }
    },
  };
}

/** By this name the SDKs know that a call was given up; they do not repeat such a one. */
const abortError = (cause: unknown): Error =>
  Object.assign(new Error("the call was given up", { cause }), { name: "AbortError" });

function bodyOf({ body }: PipelineRequest): string | Uint8Array | undefined {
  if (body === undefined || body === null || body === "") return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("only text and bytes are sent");
}

/** The SDKs' own type of a signal has less than the platform's, which all of ours are. */
function signalOf({ abortSignal }: PipelineRequest): AbortSignal | undefined {
  if (abortSignal === undefined || abortSignal instanceof AbortSignal) return abortSignal;
  throw new TypeError("a signal that is not the platform's");
}
