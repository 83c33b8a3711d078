import type { Server, Socket } from "node:net";

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
