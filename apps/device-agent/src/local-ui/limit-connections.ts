import type { Socket } from "node:net";

import { addressKey } from "@databox-cmk/http";

/** A browser opens six, and each tab an event stream; half of all. */
const PER_ADDRESS_MAX = 32;
const IN_SUM_MAX = 64;

/** One host cannot take all connections of the page: those above its limit are closed at once. */
export function limitConnections(server: {
  maxConnections: number;
  on(event: "connection", listener: (socket: Socket) => void): unknown;
}): void {
  server.maxConnections = IN_SUM_MAX;
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const sender = addressKey(socket.remoteAddress ?? "");
    const count = (open.get(sender) ?? 0) + 1;
    if (count > PER_ADDRESS_MAX) {
      socket.destroy();
      return;
    }
    open.set(sender, count);
    socket.once("close", () => {
      const left = (open.get(sender) ?? 1) - 1;
      if (left === 0) open.delete(sender);
      else open.set(sender, left);
    });
  });
}
