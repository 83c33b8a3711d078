import { readFile } from "node:fs/promises";

import { AppError } from "@databox-cmk/errors";
import type { PoolConfig } from "pg";

/** Where the database is, as DATABASE_URL says. A host that begins with "/" is the folder of a Unix socket. */
export type DatabaseUrl = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

export type PostgresSettings = {
  readonly url: DatabaseUrl;
  /** Read for each new connection, so that a password that is renewed needs no restart. */
  readonly passwordFile?: string | undefined;
  /** `verify`: TLS, and the server's certificate must be valid for its host. Never on a Unix socket. */
  readonly tls: "verify" | "off";
  /** PEM, of the authorities that may have issued the server's certificate; absent: those of the system. */
  readonly caPem?: string | undefined;
  readonly poolSize: number;
  readonly statementTimeoutSeconds: number;
};

const DEFAULT_PORT = 5432;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
/** A connection is renewed now and then, so that a moved server and a renewed password are noticed. */
const LIFETIME_SECONDS = 1_800;
/** The server ends a statement first, and says why; this one is for a server that says nothing any more. */
const SILENCE_MS = 2_000;

/**
 * `postgresql://user@host[:port]/database`; the folder of a Unix socket is written percent-encoded in the host's place.
 *
 * @returns undefined for anything else, a password in it included
 */
export function parseDatabaseUrl(text: string): DatabaseUrl | undefined {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return undefined;
  const database = decodeURIComponent(url.pathname.slice(1));
  const isPlain = url.search === "" && url.hash === "" && url.password === "";
  if (!isPlain || url.username === "" || url.hostname === "" || !/^[^/]{1,63}$/.test(database))
    return undefined;
  return {
    host: decodeURIComponent(url.hostname).replaceAll(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user: decodeURIComponent(url.username),
    database,
  };
}

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
            ...(settings.caPem === undefined ? {} : { ca: settings.caPem }),
          },
    max: settings.poolSize,
    application_name: "databox-broker",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    statement_timeout: timeoutMs,
    // A replica that is paused or cut off in the middle of a transaction must not hold its locks for ever.
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
