import { randomBytes, X509Certificate } from "node:crypto";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { TcpNetConnectOpts } from "node:net";
import { connect, type ConnectionOptions, TLSSocket } from "node:tls";

import { AppError } from "@databox-cmk/errors";
import { BROKER_ANSWER_MAX_BYTES } from "@databox-cmk/protocol";

import type { BrokerAddress } from "./broker-address.ts";
import { toUnreachable, unreachable } from "./unreachable.ts";

type NameableSocket = TLSSocket & { setServername(name: string): void };
/** The raw answer, before anything is verified. */
export type RawAnswer = {
  readonly status: number;
  /** Lower case, without parameters; empty when the answer named none. */
  readonly mediaType: string;
  readonly retryAfterSeconds: number | undefined;
  /** The sender's certificate chains to the authority that this node was prepared with. */
  readonly isPinned?: boolean;
  /** Host and port that answered. */
  readonly authority?: string;
  readonly body: string;
};

export type Transport = Disposable & {
  /**
   * Resolves when the broker processes the first connection, or it has failed: time for local work.
   * Never rejects.
   */
  readonly dialled: Promise<undefined>;
  /**
   * Resolves when the first connection is established and the posted message was sent, or it has
   * failed. Never rejects.
   */
  readonly connected: Promise<undefined>;
  /** @throws {AppError} `BrokerUnreachable` without a complete answer */
  post(path: string, mediaType: string, body: string, deadline: AbortSignal): Promise<RawAnswer>;
};

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Three round trips of a satellite link take up to two seconds, and a lost packet one more. */
export const CONNECT_TIMEOUT_MS = 5_000;
/**
 * A name with several addresses, IPv4 and IPv6 by turns (RFC 8305): how long one may take to accept
 * the connection until the next one is tried. A satellite link takes 700 ms for it.
 */
export const ADDRESS_TIMEOUT_MS = 1_000;
/** How long an address may take to connect while there is another one. */
const NEXT_MS = 2_000;
/** How long an address that did not connect is tried after the others. */
const DEAD_MS = 60_000;
/** Keeps the HTTP agent from deriving the name itself; `connectToBroker` sets it. */
const NO_SERVER_NAME = "";

/**
 * One kept-alive TLS connection to the broker, by the first of its addresses that connects. Uses
 * node:https, because it starts in a third of the time of undici or fetch (no other module to load)
 * and distinguishes a name that does not resolve from a refused connection and a bad certificate.
 */
export function createTransport(options: TransportOptions): Transport {
  const { certificateAuthority, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const dial = Promise.withResolvers<undefined>();
  const handshake = Promise.withResolvers<undefined>();
  const giveUp = () => {
    dial.resolve(undefined);
    handshake.resolve(undefined);
  };
  const lines = options.addresses.map((address) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, servername: NO_SERVER_NAME });
    agent.createConnection = () => {
      const socket = connectToBroker(address, certificateAuthority());
      socket.once("connect", () => dial.resolve(undefined));
      socket.once("secureConnect", () => {
        // Node writes the end of the handshake, and the request with it, at the end of this turn.
        setImmediate(() => handshake.resolve(undefined));
      });
      socket.once("close", giveUp);
      return socket;
    };
    return { address, agent, deadUntilMs: 0 };
  });
  const leave = (line: (typeof lines)[number]) => {
    line.deadUntilMs = performance.now() + DEAD_MS;
    options.noted?.(line.address.authority, "left");
  };
  const traceId = randomBytes(TRACE_ID_BYTES).toString("hex");
  return {
    dialled: dial.promise,
    connected: handshake.promise,
    async post(path, mediaType, body, deadline) {
      const failures: Failed[] = [];
      const nowMs = performance.now();
      const isDead = (line: (typeof lines)[number]) => Number(line.deadUntilMs > nowMs);
      const inOrder = lines.toSorted((one, other) => isDead(one) - isDead(other));
      for (const line of inOrder) {
        const { host, port, authority } = line.address;
        const isLast = line === inOrder.at(-1);
        const limitMs = isLast ? connectTimeoutMs : Math.min(connectTimeoutMs, NEXT_MS);
        const sending = { isConnected: false };
        try {
          const outgoing = request({
            agent: line.agent,
            host,
            port,
            path,
            method: "POST",
            signal: deadline,
            headers: {
              host: authority,
              accept: "application/jose, application/json",
              // W3C Trace Context: connects a command's requests in traces; it is not trusted.
              traceparent: `00-${traceId}-${randomBytes(SPAN_ID_BYTES).toString("hex")}-00`,
              "content-type": mediaType,
              "content-length": Buffer.byteLength(body),
            },
          });
          const answer = await exchange(outgoing, body, limitMs, () => {
            sending.isConnected = true;
          });
          // A page without a broker behind it: it counts, and the next message goes elsewhere.
          if (answer.status >= 500 && answer.mediaType !== "application/jose") leave(line);
          else options.noted?.(authority, "answers");
          return { ...answer, authority, isPinned: certificateAuthority() !== undefined };
        } catch (error) {
          giveUp(); // The connection could not even be started.
          const failure = toUnreachable(error, deadline);
          // A daemon that stops, or no longer wants the answer, says nothing about the address.
          if (deadline.aborted && !isTimeout(deadline.reason)) throw failure;
          leave(line);
          // A broker that had the request may have answered it: the next command repeats it.
          if (sending.isConnected) throw failure;
          failures.push({ authority, failure });
          if (deadline.aborted) break;
        }
      }
      throw allOf(failures);
    },
    [Symbol.dispose]() {
      for (const { agent } of lines) agent.destroy();
    },
  };
}

const isTimeout = (reason: unknown): boolean =>
  reason instanceof DOMException && reason.name === "TimeoutError";

type Failed = { readonly authority: string; readonly failure: AppError };

/** The first failure; with several addresses, it names each that was tried. */
function allOf(failures: readonly Failed[]): AppError {
  const [first] = failures;
  if (first === undefined) return unreachable("connection", "no address of the broker");
  const { failure } = first;
  if (failures.length === 1) return failure;
  return new AppError(failure.code, {
    reason: failure.reason,
    detail: failures
      .map((each) => `${each.authority}: ${each.failure.detail ?? "no answer"}`)
      .join("; "),
    cause: failure,
  });
}

function exchange(
  outgoing: ClientRequest,
  body: string,
  connectTimeoutMs: number,
  connected: () => void,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("socket", (socket) => {
      if (!socket.connecting) {
        connected();
        return;
      }
      const timer = setTimeout(() => {
        outgoing.destroy(
          unreachable("timeout", `no connection within ${String(connectTimeoutMs)} ms`),
        );
      }, connectTimeoutMs);
      const stop = () => clearTimeout(timer);
      socket.once("secureConnect", stop).once("secureConnect", connected).once("close", stop);
    });
    outgoing.on("response", (incoming) => {
      readAnswer(incoming).then(resolve, reject);
    });
    // Without a listener Node ends the connection, and neither an answer nor an error follows.
    outgoing.on("upgrade", (_incoming, socket) => {
      socket.destroy();
      reject(unreachable("unsigned-answer", "the answer changes the protocol"));
    });
    outgoing.end(body);
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<RawAnswer> {
  const { statusCode, headers } = incoming;
  return {
    status: statusCode ?? 0,
    mediaType: (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "",
    retryAfterSeconds: parseSeconds(headers["retry-after"]),
    body: await readBody(incoming),
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > BROKER_ANSWER_MAX_BYTES) {
      incoming.destroy();
      throw new AppError("BrokerUnreachable", {
        reason: "unsigned-answer",
        detail: `the answer is larger than ${String(BROKER_ANSWER_MAX_BYTES)} bytes`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseSeconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

/**
 * A TLS connection whose certificate must chain to the authority and carry the broker's name.
 *
 * OpenSSL checks the name (X509_check_host). The server name is set by the method that Node itself
 * uses for its option `servername`: the option and Node's own check would first compile an
 * expression for IPv6 addresses, which takes 3 to 7 ms, a twentieth of a cold unlock. The method is
 * not documented; without it the option is used.
 */
function connectToBroker(address: BrokerAddress, authorityPem: string | undefined): TLSSocket {
  const { host, port, name, isNamed, lookup } = address;
  const options: ConnectionOptions & TcpNetConnectOpts = {
    host,
    port,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true, // Regardless of NODE_TLS_REJECT_UNAUTHORIZED.
    // With Node's 250 ms, no broker with two addresses is reached by satellite.
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    servername: !isNamed || "setServername" in TLSSocket.prototype ? undefined : name,
    ca: authorityPem,
    lookup,
    checkServerIdentity: (_host, { raw }) => {
      const certificate = new X509Certificate(raw);
      const found = isNamed ? certificate.checkHost(name) : certificate.checkIP(name);
      return found === undefined ? wrongName(name) : undefined;
    },
  };
  const socket = connect(options);
  // RFC 6066 §3: an address is not a server name.
  if (isNamed && isNameable(socket)) socket.setServername(name);
  return socket;
}

function isNameable(socket: TLSSocket): socket is NameableSocket {
  return "setServername" in socket && typeof socket.setServername === "function";
}

/** The same error as Node's own check. */
function wrongName(name: string): Error {
  return Object.assign(new Error(`the certificate is not for ${name}`), {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
}

type TransportOptions = {
  /** In the order in which they are tried; at least one. */
  readonly addresses: readonly BrokerAddress[];
  /**
   * PEM; when given, the only certificates that are trusted. Read for each connection, so that a
   * daemon takes one that was replaced.
   */
  readonly certificateAuthority: () => string | undefined;
  readonly connectTimeoutMs?: number;
  /** Called at each try: the address, a host and port, answers or is left for another one. */
  readonly noted?: ((address: string, standing: "answers" | "left") => void) | undefined;
};
