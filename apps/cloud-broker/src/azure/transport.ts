import { Agent } from "node:https";
import { connect as connectTcp, isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import {
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type SecureContext,
} from "node:tls";

import type { HttpClient, PipelineResponse } from "@azure/core-rest-pipeline";
import { context, propagation } from "@opentelemetry/api";
import { Agent as Pools } from "undici";

import { noteExchange } from "./exchange.ts";
import { createLookup, type DnsServer } from "./name-lookup.ts";
import { createUndiciClient } from "./undici-client.ts";

const CONNECT_TIMEOUT_MS = 2000;
export const CALL_TIMEOUT_MS = 10_000;
const MAX_SOCKETS_PER_HOST = 64;

/** What all Azure clients share: connections, trust and names. */
export type AzureTransport = {
  /** Options for every client of the SDKs. Fresh at each call, since the SDKs write into theirs. */
  clientOptions(): {
    readonly httpClient: HttpClient;
    readonly retryOptions: { readonly maxRetries: 0 };
    readonly redirectOptions: { readonly maxRetries: 0 };
  };
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  close(): void;
};

/**
 * @param options.extraCaPem - trusted besides the system's certificates
 * @param options.dnsServer - asked for every name instead of the system's resolver
 */
export function createAzureTransport(options: {
  readonly extraCaPem?: string | undefined;
  readonly dnsServer?: DnsServer | undefined;
  /** What speaks HTTP; absent: undici. */
  readonly httpClient?: HttpClient;
  /** For name, connection and handshake together. */
  readonly connectTimeoutMs?: number;
}): AzureTransport {
  const lookup = createLookup(options.dnsServer);
  const connecting = {
    lookup,
    // One context for all connections: reading the trusted certificates takes longer than a handshake.
    trust: trustOf(options.extraCaPem),
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  };
  const agent = createAgent(connecting);
  const pools = createPools(connecting);
  const inner = options.httpClient ?? createUndiciClient(pools);
  const httpClient: HttpClient = {
    async sendRequest(request) {
      if (request.timeout === 0) request.timeout = CALL_TIMEOUT_MS;
      // Nothing, unless somebody collects traces.
      propagation.inject(context.active(), request.headers, {
        set: (headers, name, value) => {
          headers.set(name, value);
        },
      });
      try {
        const response = await inner.sendRequest(request);
        noteAnswer(response);
        return response;
      } catch (error) {
        const code = codeOf(error);
        noteExchange({ kind: "network", ...(code !== undefined && { code }) });
        throw error;
      }
    },
  };
  return {
    // Neither are redirects followed (a vault has no business with them) nor calls repeated behind our back.
    clientOptions: () => ({
      httpClient,
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
    }),
    agent,
    lookup,
    close: () => {
      agent.destroy();
      void pools.destroy();
    },
  };
}

type Connecting = {
  readonly lookup: LookupFunction;
  readonly trust: { readonly secureContext?: SecureContext };
  readonly connectTimeoutMs: number;
};

function trustOf(extraCaPem: string | undefined): Connecting["trust"] {
  if (extraCaPem === undefined) return {};
  return {
    secureContext: createSecureContext({ ca: [...getCACertificates("default"), extraCaPem] }),
  };
}

/** Kept connections to each host, for the SDKs. */
function createPools({ lookup, trust, connectTimeoutMs }: Connecting): Pools {
  return new Pools({
    connections: MAX_SOCKETS_PER_HOST,
    connect({ protocol, hostname: host, port }, done) {
      const isTls = protocol === "https:";
      const socket = isTls
        ? connectTls({
            host,
            port: Number(port || 443),
            lookup,
            ...(isIP(host) === 0 && { servername: host }),
            ...trust,
          })
        : connectTcp({ host, port: Number(port || 80), lookup });
      limitConnecting(socket, host, isTls, connectTimeoutMs);
      socket.setNoDelay(true);
      const failed = (error: Error): void => {
        done(error, null);
      };
      socket.once("error", failed);
      socket.once(readyEvent(isTls), () => {
        socket.off("error", failed);
        done(null, socket);
      });
    },
  });
}

/** The same for what takes an agent of node:https. */
function createAgent({ lookup, trust, connectTimeoutMs }: Connecting): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS_PER_HOST, lookup, ...trust });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    if (socket === null || socket === undefined) return socket;
    limitConnecting(socket, options.host ?? "", true, connectTimeoutMs);
    return socket;
  };
  return agent;
}

/** One time limit for name, connection and handshake; the code says what it was that took too long. */
function limitConnecting(socket: Duplex, host: string, isTls: boolean, limitMs: number): void {
  let isResolved = isIP(host) !== 0;
  socket.once("lookup", () => {
    isResolved = true;
  });
  const timer = setTimeout(() => {
    const code = isResolved ? "ETIMEDOUT" : "EAI_AGAIN";
    socket.destroy(Object.assign(new Error("connect timeout"), { code }));
  }, limitMs);
  const stop = (): void => {
    clearTimeout(timer);
  };
  socket.once(readyEvent(isTls), stop).once("close", stop);
}

const readyEvent = (isTls: boolean): string => (isTls ? "secureConnect" : "connect");

function noteAnswer({ status, headers, bodyAsText }: PipelineResponse): void {
  const requestId = headers.get("x-ms-request-id");
  const retryAfter = headers.get("retry-after");
  const vaultRegion = headers.get("x-ms-keyvault-region");
  noteExchange({
    kind: "answer",
    status,
    body: status >= 200 && status < 300 ? "" : (bodyAsText ?? ""),
    ...(requestId !== undefined && { requestId: requestId.slice(0, 64) }),
    ...(retryAfter !== undefined &&
      /^\d{1,5}$/.test(retryAfter) && { retryAfterSeconds: Number(retryAfter) }),
    ...(vaultRegion !== undefined && { vaultRegion: vaultRegion.slice(0, 64) }),
  });
}

/** An abort is always our own time limit: nobody else aborts. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "AbortError" || error.name === "TimeoutError") return "ETIMEDOUT";
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
