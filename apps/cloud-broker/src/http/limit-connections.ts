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
