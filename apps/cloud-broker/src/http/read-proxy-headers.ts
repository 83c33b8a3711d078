import { type Server, type Socket, SocketAddress } from "node:net";

import { beforeConnection } from "./limit-connections.ts";
import { isIn, type Networks } from "./sender-of.ts";

/** The first bytes of every header of version 2. */
const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const COMMAND_AT = 12;
const TRANSPORT_AT = 13;
const LENGTH_AT = 14;
const PREFIX_BYTES = 16;
/** A balancer's additions (TLVs) are skipped; those that are in use take less than half of this. */
const REST_MAX_BYTES = 1024;

/** The command of a health check by the balancer itself. */
const LOCAL = 0x20;
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
/** Bytes of both addresses and both ports, by transport: TCP over IPv4, and over IPv6. */
const TRANSPORTS: Readonly<Record<number, { readonly family: "ipv4" | "ipv6"; bytes: number }>> = {
  0x11: { family: "ipv4", bytes: 12 },
  0x21: { family: "ipv6", bytes: 36 },
};

type ProxyHeader =
  | { readonly kind: "incomplete" }
  | { readonly kind: "invalid" }
  /** `address` is absent when the balancer speaks for itself, or does not know the sender. */
  | { readonly kind: "whole"; readonly bytes: number; readonly address: string | undefined };

const INCOMPLETE: ProxyHeader = { kind: "incomplete" };
const INVALID: ProxyHeader = { kind: "invalid" };

/**
 * Reads the header of PROXY protocol v2 (haproxy.org, proxy-protocol.txt §2.2) at the begin of a
 * connection.
 *
 * @param received - all bytes of the connection so far
 */
export function parseProxyHeader(received: Buffer): ProxyHeader {
  const begin = received.subarray(0, SIGNATURE.length);
  if (!begin.equals(SIGNATURE.subarray(0, begin.length))) return INVALID;
  if (received.length < PREFIX_BYTES) return INCOMPLETE;
  const restBytes = received.readUInt16BE(LENGTH_AT);
  if (restBytes > REST_MAX_BYTES) return INVALID;
  const command = received[COMMAND_AT];
  const transport = received[TRANSPORT_AT] ?? UNSPECIFIED;
  const bytes = PREFIX_BYTES + restBytes;
  const speaksForItself = command === LOCAL || (command === PROXY && transport === UNSPECIFIED);
  const known = TRANSPORTS[transport];
  if (!speaksForItself && (command !== PROXY || known === undefined || restBytes < known.bytes))
    return INVALID;
  if (received.length < bytes) return INCOMPLETE;
  if (speaksForItself || known === undefined) return { kind: "whole", bytes, address: undefined };
  return { kind: "whole", bytes, address: readAddress(received.subarray(PREFIX_BYTES), known) };
}

function readAddress(bytes: Buffer, { family }: { readonly family: "ipv4" | "ipv6" }): string {
  if (family === "ipv4") return bytes.subarray(0, 4).join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    bytes.readUInt16BE(index * 2).toString(16),
  );
  // Node's own spelling, also of an IPv4 address within IPv6.
  return new SocketAddress({ family, address: groups.join(":") }).address;
}

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
  beforeConnection(server, (socket, pass) => {
    if (!isIn(balancers, socket.remoteAddress ?? "")) {
      pass();
      return;
    }
    readHeader(socket, timeoutMs, (sender) => {
      if (sender !== undefined) nameSender(socket, sender);
      pass();
    });
  });
}

/** The TLS socket that was made of a connection has the same sender. */
export function inheritSender({ remoteAddress: sender }: Socket, secure: Socket): void {
  if (sender !== undefined && sender !== secure.remoteAddress) nameSender(secure, sender);
}

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
