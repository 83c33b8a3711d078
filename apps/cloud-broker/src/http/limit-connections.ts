import type { Server, Socket } from "node:net";

import type { ConnectionPlaces } from "../load/connection-places.ts";

/**
 * Closes a connection that has no place before anything else happens: no TLS handshake, no parser.
 * Call it before the server listens.
 */
export function limitConnections(server: Server, places: ConnectionPlaces): void {
  // Node's own listeners start the handshake; a listener beside them could not stop them.
  const accept = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (!places.enter(socket.remoteAddress ?? "", socket)) {
      socket.destroy();
      return;
    }
    socket.once("close", () => {
      places.leave(socket);
    });
    for (const each of accept) Reflect.apply(each, server, [socket]);
  });
}
