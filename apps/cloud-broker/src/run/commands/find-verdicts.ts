import {
  NOTHING_NOTED,
  type NotedHeads,
  readNotedHeads,
  type Verdicts,
  verifyAuditExport,
  verifyAuditFile,
  verifyAuditStore,
} from "../../audit/verify-audit.ts";
import { type BrokerConfig, type Environment, parseConfig } from "../../config/config.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import { postgresSettingsOf, databaseFileOf } from "../open-data-dir.ts";

export type AuditSource = {
  readonly database?: string;
  readonly export?: readonly string[];
  readonly configured?: true;
  readonly noted?: string;
  readonly device?: ReadonlyMap<string, string>;
};

/** @returns undefined if no source is named */
export async function findVerdicts(
  { database, export: exported, configured, noted, device }: AuditSource,
  environment: Environment,
): Promise<Verdicts | undefined> {
  const heads = noted === undefined ? NOTHING_NOTED : readNotedHeads(noted);
  if (database !== undefined) return verifyAuditFile(database, heads);
  if (exported !== undefined)
    return new Map(exported.flatMap((path) => [...verifyAuditExport(path, heads, device)]));
  if (configured === true) return verifyConfigured(parseConfig(environment), heads);
  return undefined;
}

/**
 * Verifies every chain of the configured database, beside running replicas and without writing.
 *
 * @throws {AppError} Misuse, ServiceUnavailable; the detail is one clause for the operator
 */
async function verifyConfigured(config: BrokerConfig, noted: NotedHeads): Promise<Verdicts> {
  const settings = await postgresSettingsOf(config);
  if (settings === undefined) return verifyAuditFile(databaseFileOf(config), noted);
  const store = createPostgresStore({ ...settings, poolSize: 1 });
  try {
    return await verifyAuditStore(store, noted);
  } catch (error) {
    throw startFailure(error, settings.url);
  } finally {
    await store.destroy();
  }
}
