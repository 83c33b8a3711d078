import type { Server } from "node:net";

import type { ConnectionPlaces } from "../load/connection-places.ts";
import { beforeConnection } from "./before-connection.ts";

/** Closes a connection that has no place. Call it before the server listens. */
export function limitConnections(server: Server, places: ConnectionPlaces): void {
  beforeConnection(server, (socket, pass) => {
    if (!places.enter(socket.remoteAddress ?? "", socket)) {
      socket.destroy();
      return;
    }
    socket.once("close", () => {
      places.leave(socket);
    });
    pass();
  });
}
