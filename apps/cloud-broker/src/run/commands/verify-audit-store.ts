import { type NotedHeads, withMissing } from "../../audit/noted-heads.ts";
import { verifyAuditFile } from "../../audit/verify-audit-file.ts";
import { checkChain, type ChainVerdict, type NotedHead } from "../../audit/verify-chain.ts";
import type { BrokerConfig } from "../../config/config.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import type { Store } from "../../store/store.ts";
import { postgresSettingsOf } from "../database-settings.ts";
import { databaseFileOf } from "../open-data-dir.ts";

const PAGE_ROWS = 1000;

/**
 * Verifies every chain of the configured database, beside running replicas and without writing.
 *
 * @throws {AppError} Misuse, ServiceUnavailable; the detail is one clause for the operator
 */
export async function verifyAuditStore(
  config: BrokerConfig,
  noted: NotedHeads,
): Promise<ReadonlyMap<string, ChainVerdict>> {
  const settings = await postgresSettingsOf(config);
  if (settings === undefined) return verifyAuditFile(databaseFileOf(config), noted);
  const store = createPostgresStore({ ...settings, poolSize: 1 });
  try {
    return await verifyStore(store, noted);
  } catch (error) {
    throw startFailure(error, settings.url);
  } finally {
    await store.destroy();
  }
}

/**
 * Chains are read one after another, in pages: a row that is written meanwhile is on a later page,
 * or on none.
 */
async function verifyStore(
  store: Store,
  noted: NotedHeads,
): Promise<ReadonlyMap<string, ChainVerdict>> {
  const chains = await store
    .selectFrom("audit")
    .select("chain")
    .distinct()
    .orderBy("chain")
    .execute();
  const verdicts = new Map<string, ChainVerdict>();
  for (const { chain } of chains)
    verdicts.set(chain, await verifyStoredChain(store, chain, noted.get(chain)));
  return withMissing(verdicts, noted);
}

async function verifyStoredChain(
  store: Store,
  chain: string,
  noted: NotedHead | undefined,
): Promise<ChainVerdict> {
  const check = checkChain(chain, noted);
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = await store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json as rowJson", "hash"])
      .where("chain", "=", chain)
      .where("sequence", ">", after)
      .orderBy("sequence")
      .limit(PAGE_ROWS)
      .execute();
    for (const row of rows) {
      if (!check.take(row)) return check.verdict();
      after = row.sequence;
    }
    if (rows.length < PAGE_ROWS) return check.verdict();
  }
}
