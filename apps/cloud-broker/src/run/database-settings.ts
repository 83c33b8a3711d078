import type { BrokerConfig } from "../config/config.ts";
import { readPemFile } from "../config/read-pem-file.ts";
import type { PostgresSettings } from "../store/postgres/connection-settings.ts";

export type DatabaseConfig = Pick<
  BrokerConfig,
  | "DATABASE_URL"
  | "DATABASE_PASSWORD_FILE"
  | "DATABASE_TLS"
  | "DATABASE_CA_FILE"
  | "DATABASE_POOL_SIZE"
  | "DATABASE_TIMEOUT_SECONDS"
>;

/** @returns undefined for SQLite @throws {AppError} Misuse for a CA file that cannot be read */
export async function postgresSettingsOf(
  config: DatabaseConfig,
): Promise<PostgresSettings | undefined> {
  const { DATABASE_URL: url, DATABASE_CA_FILE: caFile } = config;
  if (url === undefined) return undefined;
  return {
    url,
    passwordFile: config.DATABASE_PASSWORD_FILE,
    tls: config.DATABASE_TLS,
    caPem: caFile === undefined ? undefined : await readPemFile("DATABASE_CA_FILE", caFile),
    poolSize: config.DATABASE_POOL_SIZE,
    statementTimeoutSeconds: config.DATABASE_TIMEOUT_SECONDS,
  };
}
