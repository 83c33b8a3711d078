import type { Server, Socket } from "node:net";

import { beforeConnection } from "./before-connection.ts";
import { isIn, type Networks } from "./networks.ts";
import { parseProxyHeader } from "./proxy-header.ts";

/**
 * Connections of these balancers must begin with a header of PROXY protocol v2, and count as their
 * sender's from then on: `remoteAddress` is the address that the header names. A header from any
 * other address is not TLS, and ends its connection. Call it before the server listens.
 *
 * @param server - of TLS
 * @param balancers - never a network in which senders are
 * @param timeoutMs - a balancer that sends no whole header within it is cut off
 */
export function readProxyHeaders(server: Server, balancers: Networks, timeoutMs: number): void {
  const waiting = new Map<string, Socket>();
  beforeConnection(server, (socket, pass) => {
    if (!isIn(balancers, socket.remoteAddress ?? "")) {
      pass();
      return;
    }
    readHeader(socket, timeoutMs, (sender) => {
      if (sender !== undefined) {
        const pair = pairOf(socket);
        waiting.set(pair, socket);
        socket.once("close", () => {
          if (waiting.get(pair) === socket) waiting.delete(pair);
        });
        nameSender(socket, sender);
      }
      pass();
    });
  });
  // Node offers no way from a connection to its TLS socket, but both have the same addresses.
  server.prependListener("secureConnection", (socket: Socket) => {
    const sender = waiting.get(pairOf(socket))?.remoteAddress;
    if (sender !== undefined) nameSender(socket, sender);
  });
}

const pairOf = (socket: Socket): string =>
  [socket.remoteAddress, socket.remotePort, socket.localAddress].join(" ");

function nameSender(socket: Socket, address: string): void {
  Object.defineProperty(socket, "remoteAddress", { value: address });
}

/** A connection without a valid header is closed; bytes after the header are left to be read. */
function readHeader(
  socket: Socket,
  timeoutMs: number,
  done: (sender: string | undefined) => void,
): void {
  let received: Buffer = Buffer.alloc(0);
  const close = (): void => {
    socket.destroy();
  };
  const overdue = setTimeout(close, timeoutMs);
  const stop = (): void => {
    clearTimeout(overdue);
    socket.off("readable", read).off("end", close).off("error", close).off("close", stop);
  };
  function read(): void {
    for (let part = readPart(socket); part !== null; part = readPart(socket))
      received = Buffer.concat([received, part]);
    const header = parseProxyHeader(received);
    if (header.kind === "invalid") close();
    if (header.kind !== "whole") return;
    stop();
    const rest = received.subarray(header.bytes);
    if (rest.length > 0) socket.unshift(rest);
    done(header.address);
  }
  socket.on("readable", read).once("end", close).once("error", close).once("close", stop);
}

/** Buffers alone: the socket has no encoding. */
function readPart(socket: Socket): Buffer | null {
  const part: unknown = socket.read();
  return Buffer.isBuffer(part) ? part : null;
}
