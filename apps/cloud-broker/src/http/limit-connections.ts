import type { Server, Socket } from "node:net";

import type { ConnectionPlaces } from "../load/connection-places.ts";

/** Closes a connection that has no place. Call it before the server listens. */
export function limitConnections(server: Server, places: ConnectionPlaces): void {
  beforeConnection(server, (socket, pass) => {
    if (!places.enter(socket.remoteAddress ?? "", socket)) {
      socket.destroy();
      return;
    }
    socket.once("close", () => places.leave(socket));
    pass();
  });
}

/** The place of a connection passes to the TLS socket that was made of it. */
export function keepPlace(places: ConnectionPlaces, plain: Socket, secure: Socket): void {
  places.secured(plain, secure);
  secure.once("close", () => places.leave(secure));
}

/**
 * Calls back with each connection and the TLS socket that was made of it, before anything else sees
 * that socket. Node offers no way from one to the other, but both have the same addresses: the
 * peer's own, so call it last, before a header of PROXY protocol names another sender.
 */
export function onceSecure(server: Server, found: (plain: Socket, secure: Socket) => void): void {
  const waiting = new Map<string, Socket>();
  beforeConnection(server, (socket, pass) => {
    const pair = pairOf(socket);
    waiting.set(pair, socket);
    socket.once("close", () => {
      if (waiting.get(pair) === socket) waiting.delete(pair);
    });
    pass();
  });
  server.prependListener("secureConnection", (secure: Socket) => {
    const pair = pairOf(secure);
    const plain = waiting.get(pair);
    waiting.delete(pair);
    if (plain !== undefined) found(plain, secure);
  });
}

const pairOf = (socket: Socket): string =>
  [socket.remoteAddress, socket.remotePort, socket.localAddress].join(" ");

/** The TCP port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new TypeError("the server does not listen on TCP");
  return address.port;
}

/**
 * Lets `decide` see each new connection before anything else happens: no TLS handshake, no parser.
 * The last one that was added is the first to see it. Call it before the server listens.
 *
 * @param decide - calls `pass`, now or later, or closes the connection
 */
export function beforeConnection(
  server: Server,
  decide: (socket: Socket, pass: () => void) => void,
): void {
  // Node's own listeners start the handshake; a listener beside them could not stop them.
  const accept = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    decide(socket, () => {
      for (const each of accept) Reflect.apply(each, server, [socket]);
    });
  });
}
