import type { Server } from "node:net";

const LOOPBACK = "127.0.0.1";

/**
 * Listens on loopback.
 *
 * @returns the port, also when 0 requested a free one.
 * @throws Error which says how to continue when the port is taken.
 */
export async function listenOnLoopback(
  server: Server,
  port: number,
  option: string,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(
        taken
          ? new Error(
              `port ${port} of ${LOOPBACK} cannot be used (${error.code}): stop what uses it, or choose another with ${option}`,
              { cause: error },
            )
          : error,
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listening on no TCP port");
  return address.port;
}

/** Stops accepting, and ends open connections. */
export async function closeServer(
  server: Server & { closeAllConnections?: () => void },
): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}
