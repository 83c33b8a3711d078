import { randomUUID } from "node:crypto";

import { Kysely, PostgresDialect, sql } from "kysely";

import { parseDatabaseUrl } from "../../src/config/database-url.ts";
import type { PostgresSettings } from "../../src/store/postgres/connection-settings.ts";
import { createPool } from "../../src/store/postgres/create-pool.ts";

export const TEMPLATE = "template_broker";

export function settingsOf(serverUrl: string, database: string): PostgresSettings {
  const url = parseDatabaseUrl(serverUrl);
  if (url === undefined) throw new Error(`no address of a database: ${serverUrl}`);
  return { url: { ...url, database }, tls: "off", poolSize: 10, statementTimeoutSeconds: 20 };
}

/** In the form of DATABASE_URL. */
export function urlOf(serverUrl: string, database: string): string {
  const { host, port, user } = settingsOf(serverUrl, database).url;
  return `postgresql://${user}@${encodeURIComponent(host)}:${String(port)}/${database}`;
}

/** Databases of one server, made and dropped by its administrator. */
export function createTestDatabases(serverUrl: string) {
  const pool = createPool({ ...settingsOf(serverUrl, "postgres"), poolSize: 1 });
  const admin = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return {
    /** @param template - another database, or the empty one. @returns its name */
    async create(template?: string): Promise<string> {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      await sql`create database ${sql.id(name)} template ${sql.id(template ?? "template1")}`.execute(
        admin,
      );
      return name;
    },
    async named(name: string): Promise<void> {
      await sql`create database ${sql.id(name)}`.execute(admin);
    },
    /** Read-only, like a standby. */
    async makeReadOnly(name: string): Promise<void> {
      await sql`alter database ${sql.id(name)} set default_transaction_read_only to on`.execute(
        admin,
      );
    },
    async drop(name: string): Promise<void> {
      await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin);
    },
    close: () => admin.destroy(),
  };
}
