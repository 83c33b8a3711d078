import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createSecureContext, type SecureContext } from "node:tls";

export type KeptAnswer = {
  readonly status: number;
  readonly body: string;
  /** The seconds of its header; 0 where it has none. */
  readonly retryAfterSeconds: number;
};

/** One TLS connection that sends a request and waits for its answer, again and again. */
export type KeepAliveConnection = {
  send(request: Buffer): Promise<KeptAnswer>;
  /** Whether the other side still keeps it. */
  isOpen(): boolean;
  close(): void;
};

/**
 * By hand: the client must be much cheaper than the server that it measures, on a machine that they
 * share, and node:http's is not. Understands what the broker sends: a status line, headers with
 * Content-Length, a body.
 */
export async function openKeepAliveConnection(
  port: number,
  caPem: string,
): Promise<KeepAliveConnection> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    secureContext: contextOf(caPem),
    servername: "broker.localhost",
  });
  await once(socket, "secureConnect");
  return keepAlive(socket);
}

function keepAlive(socket: Socket): KeepAliveConnection {
  socket.setNoDelay(true);
  let received: Buffer = Buffer.alloc(0);
  let waiting: PromiseWithResolvers<KeptAnswer> | undefined;

  socket.on("data", (chunk: Buffer) => {
    received = received.byteLength === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = received.toString("latin1", 0, end);
    const length = numberIn(head, CONTENT_LENGTH);
    if (received.byteLength < end + 4 + length) return;
    const body = received.toString("latin1", end + 4, end + 4 + length);
    received = received.subarray(end + 4 + length);
    const retryAfterSeconds = numberIn(head, RETRY_AFTER);
    waiting?.resolve({ status: Number(head.slice(9, 12)), body, retryAfterSeconds });
  });
  const fail = (error?: Error): void => {
    waiting?.reject(error ?? new Error("the broker closed the connection"));
  };
  socket.on("error", fail);
  socket.on("close", () => fail());
  return {
    send(request) {
      waiting = Promise.withResolvers();
      socket.write(request);
      return waiting.promise;
    },
    isOpen: () => socket.writable,
    close() {
      waiting = undefined;
      socket.destroy();
    },
  };
}

const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;
const RETRY_AFTER = /\r\nretry-after: (\d+)/i;
const numberIn = (head: string, header: RegExp): number => Number(header.exec(head)?.[1] ?? "0");

const contexts = new Map<string, SecureContext>();

/** One for all connections: making it takes as long as a handshake. */
function contextOf(caPem: string): SecureContext {
  const context = contexts.get(caPem) ?? createSecureContext({ ca: caPem });
  contexts.set(caPem, context);
  return context;
}

/** A device's message, as it goes over the wire. */
export function renderPost(path: string, message: string, mediaType = "application/jose"): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: broker.localhost\r\ncontent-type: ${mediaType}\r\ncontent-length: ${String(message.length)}\r\n\r\n${message}`,
    "latin1",
  );
}
