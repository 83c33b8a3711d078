import { Agent, request } from "node:https";
import { isIP } from "node:net";

/** Less than the runner gives a test, so that the failure names the request that had no answer. */
const SILENCE_MS = 240_000;

/** One raw answer; nothing in it is trusted. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

export type Transport = {
  send(
    method: string,
    path: string,
    options?: {
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | Buffer | undefined;
    },
  ): Promise<RawAnswer>;
  close(): void;
};

/**
 * HTTPS to one origin, over kept connections, trusting one authority only. The name is not looked
 * up: `*.localhost` does not resolve everywhere.
 *
 * @param options.address - where the origin listens; 127.0.0.1 by default.
 */
export function createHttpsTransport(options: {
  readonly origin: string;
  readonly certificateAuthorityPem: string;
  readonly address?: string;
}): Transport {
  const { hostname, port } = new URL(options.origin);
  const agent = new Agent({ keepAlive: true, ca: options.certificateAuthorityPem });
  return {
    send(method, path, { headers = {}, body } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
      const message = request(
        {
          agent,
          host: options.address ?? "127.0.0.1",
          port,
          method,
          path,
          timeout: SILENCE_MS,
          servername: isIP(hostname) === 0 ? hostname : undefined,
          headers: {
            host: `${hostname}:${port}`,
            ...(body === undefined || "transfer-encoding" in headers
              ? {}
              : { "content-length": Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString("utf8"),
            });
          });
        },
      );
      message.on("error", reject);
      message.on("timeout", () =>
        message.destroy(
          new Error(`${method} ${path}: no answer for ${String(SILENCE_MS / 1000)} s`),
        ),
      );
      message.end(body);
      return promise;
    },
    close() {
      agent.destroy();
    },
  };
}
