import { readFile } from "node:fs/promises";

import { AppError } from "@databox-cmk/errors";
import type { PoolConfig } from "pg";

import type { DatabaseUrl } from "../../config/database-url.ts";

export type PostgresSettings = {
  readonly url: DatabaseUrl;
  /** Read for each new connection, so that a changed password needs no restart. */
  readonly passwordFile?: string | undefined;
  /**
   * `verify`: TLS, and the server's certificate must be valid for its host. Never on a Unix socket.
   */
  readonly tls: "verify" | "off";
  /**
   * PEM of the authorities that may have issued the server's certificate; absent: those of the
   * system.
   */
  readonly caPem?: string | undefined;
  readonly poolSize: number;
  readonly statementTimeoutSeconds: number;
  /** How long to wait for a connection, a free one of the pool included; 5 s by default. */
  readonly connectTimeoutMs?: number;
};

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
/**
 * Connections are renewed after this time, so that a moved server and a changed password take
 * effect.
 */
const LIFETIME_SECONDS = 1_800;
/**
 * The server normally ends a statement first, with a reason; this limit is for a server that no
 * longer answers.
 */
const SILENCE_MS = 2_000;

export function poolConfigOf(settings: PostgresSettings): PoolConfig {
  const { url, passwordFile } = settings;
  const timeoutMs = settings.statementTimeoutSeconds * 1000;
  const isSocket = url.host.startsWith("/");
  return {
    ...url,
    ...(passwordFile === undefined ? {} : { password: () => readPassword(passwordFile) }),
    ssl:
      settings.tls === "off" || isSocket
        ? false
        : {
            rejectUnauthorized: true,
            minVersion: "TLSv1.2",
            servername: url.host,
            ca: settings.caPem,
          },
    max: settings.poolSize,
    application_name: "databox-broker",
    connectionTimeoutMillis: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    // Statements that are issued together are sent together (store/fast/send-at-once.ts).
    pipeline: true,
    statement_timeout: timeoutMs,
    // A replica that is paused or disconnected in the middle of a transaction must not hold its
    // locks for ever.
    idle_in_transaction_session_timeout: timeoutMs,
    query_timeout: timeoutMs + SILENCE_MS,
  };
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new AppError("Misuse", {
      detail: `DATABASE_PASSWORD_FILE: ${file} cannot be read; name a file that this user may read`,
      cause,
    });
  }
}
