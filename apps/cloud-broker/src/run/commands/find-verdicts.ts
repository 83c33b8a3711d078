import { readExport, readNotedHeads } from "../../audit/read-audit-files.ts";
import { verifyAuditFile, verifyAuditStore } from "../../audit/verify-audit.ts";
import type { JudgedChain } from "../../audit/verify-chain.ts";
import {
  judgedOf,
  NOTHING_NOTED,
  type NotedHeads,
  type Verdicts,
  verifyAuditExports,
} from "../../audit/verify-exports.ts";
import { type BrokerConfig, type Environment, parseConfig } from "../../config/config.ts";
import { withFile } from "../../store/open-store.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import type { Store } from "../../store/store.ts";
import { noteUpkeep } from "../../store/upkeep.ts";
import { postgresSettingsOf, databaseFileOf } from "../open-data-dir.ts";

/** A statement that reads the whole trail takes longer than a request may. */
const READ_ALL_SECONDS = 600;

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
): Promise<readonly JudgedChain[] | undefined> {
  const heads = noted === undefined ? NOTHING_NOTED : readNotedHeads(noted);
  if (database !== undefined) return judgedOf(await verifyAuditFile(database, heads));
  if (exported !== undefined) return verifyAuditExports(exported.map(readExport), heads, device);
  if (configured === true) return judgedOf(await verifyConfigured(parseConfig(environment), heads));
  return undefined;
}

/**
 * Verifies every chain of the configured database, beside running replicas, and writes nothing but
 * that it did so.
 *
 * @throws {AppError} Misuse, ServiceUnavailable; the detail is one clause for the operator
 */
async function verifyConfigured(config: BrokerConfig, noted: NotedHeads): Promise<Verdicts> {
  const settings = await postgresSettingsOf(config);
  if (settings === undefined) {
    const path = databaseFileOf(config);
    const verdicts = await verifyAuditFile(path, noted);
    await withFile(path, { readonly: false }, (store) => note(store, verdicts)).catch(DROPPED);
    return verdicts;
  }
  const store = createPostgresStore({
    ...settings,
    poolSize: 1,
    statementTimeoutSeconds: Math.max(READ_ALL_SECONDS, settings.statementTimeoutSeconds),
  });
  try {
    const verdicts = await verifyAuditStore(store, noted);
    await note(store, verdicts).catch(DROPPED);
    return verdicts;
  } catch (error) {
    throw startFailure(error, settings.url);
  } finally {
    await store.destroy();
  }
}

/** A standby, or a user who may only read, cannot note it: the verdicts count nevertheless. */
const DROPPED = (): undefined => undefined;

const note = (store: Store, verdicts: Verdicts): Promise<void> =>
  noteUpkeep(
    store,
    "audit-verify",
    [...verdicts.values()].every((each) => each.ok) ? 1 : 0,
    Date.now(),
  );
