import { request } from "node:https";

import type { BrokerConfig } from "../config/config.ts";
import { readPemFile } from "../config/read-file-within.ts";

const TIMEOUT_MS = 2_000;

/**
 * Checks over the broker's own TLS whether the process on this machine answers; for a container's
 * health check, which has no curl. Only the broker's own certificate is trusted, regardless of its
 * issuer.
 *
 * @returns the problem, in one clause; undefined when it answers
 */
export async function askHealth(config: BrokerConfig): Promise<string | undefined> {
  const certificate = await readPemFile(
    "BROKER_TLS_CERTIFICATE_FILE",
    config.BROKER_TLS_CERTIFICATE_FILE,
  );
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  request({
    host: isAnyAddress(config.BROKER_HOST) ? "127.0.0.1" : config.BROKER_HOST,
    port: config.BROKER_PORT,
    path: "/healthz",
    servername: new URL(config.BROKER_URL).hostname,
    ca: certificate,
    allowPartialTrustChain: true,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
    .once("response", (response) => {
      response.destroy();
      resolve(
        response.statusCode === 200 ? undefined : `it answers ${String(response.statusCode)}`,
      );
    })
    .once("error", (error: NodeJS.ErrnoException) => {
      resolve(
        error.name === "AbortError" ? "it did not answer in time" : (error.code ?? error.message),
      );
    })
    .end();
  return promise;
}

const isAnyAddress = (host: string): boolean => host === "0.0.0.0" || host === "::";
