import type { RequestListener } from "node:http";

import { createHttpsTransport, createLocalhostTls, type Transport } from "@databox-cmk/testkit";

import { listen, type Listener, type ListenOptions, type Timeouts } from "../../src/http/listen.ts";

export const TLS = createLocalhostTls();
export const CA_PEM = TLS.authority.certificatePem;

/**
 * For hundreds of connections at once on a busy machine, whose own handshakes may be slow. None is
 * closed while it waits for the next race, or a request that is sent meanwhile would be lost.
 */
export const PATIENT: Timeouts = {
  handshakeMs: 600_000,
  headersMs: 600_000,
  requestMs: 600_000,
  checkMs: 1_000,
  silenceMs: 600_000,
  keepAliveMs: 600_000,
};

export type OpenListener = AsyncDisposable & {
  readonly listener: Listener;
  readonly url: string;
  readonly transport: Transport;
};

/** A listener as the broker opens it, on a free port, and the connections of a client to it. */
export async function openListener(
  handler: RequestListener,
  options: Partial<ListenOptions> = {},
): Promise<OpenListener> {
  const listener = await listen({ host: "127.0.0.1", port: 0, ...TLS.server, handler, ...options });
  const transport = openTransport(listener.port);
  return {
    listener,
    url: `https://localhost:${String(listener.port)}`,
    transport,
    async [Symbol.asyncDispose]() {
      transport.close();
      await listener.close(0);
    },
  };
}

export function openTransport(port: number): Transport {
  return createHttpsTransport({
    origin: `https://broker.localhost:${String(port)}`,
    certificateAuthorityPem: CA_PEM,
  });
}
