import { createServer, type ServerResponse } from "node:http";

import { AppError } from "@databox-cmk/errors";

import { limitConnections, portOf } from "../http/limit-connections.ts";
import type { ConnectionPlaces } from "../load/connection-places.ts";

type Scraped = { metrics(): Promise<string>; readonly contentType: string };

/**
 * Serves /metrics on a listener of its own. The network decides who may scrape; nothing of it is on
 * the public listener.
 *
 * @throws {AppError} PortInUse
 */
export async function serveMetrics(
  registry: Scraped,
  options: { readonly host: string; readonly port: number; readonly connections: ConnectionPlaces },
): Promise<AsyncDisposable & { readonly port: number }> {
  const times = {
    requestTimeout: 10_000,
    headersTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  };
  const server = createServer(times, (request, response) => {
    if (request.method === "GET" && request.url === "/metrics") void answer(registry, response);
    else response.writeHead(404).end();
  });
  limitConnections(server, options.connections);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once("error", (cause: NodeJS.ErrnoException) => {
    reject(
      cause.code === "EADDRINUSE"
        ? new AppError("PortInUse", {
            detail: `METRICS_PORT: ${String(options.port)}`,
            facts: { port: options.port },
            cause,
          })
        : cause,
    );
  });
  server.listen(options.port, options.host, () => resolve(undefined));
  await promise;
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

async function answer(registry: Scraped, response: ServerResponse): Promise<void> {
  try {
    const text = await registry.metrics();
    response.writeHead(200, { "content-type": registry.contentType }).end(text);
  } catch {
    // A worker does not answer: the target counts as down for the scraper, and an alert reports it.
    response.writeHead(503).end();
  }
}
