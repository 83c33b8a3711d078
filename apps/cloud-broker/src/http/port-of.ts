import type { Server } from "node:net";

/** The TCP port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new TypeError("the server does not listen on TCP");
  return address.port;
}
