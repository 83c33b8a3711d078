import type { Kysely } from "kysely";

import type { EpochMs } from "../../core/order.ts";
import type { BrokerTables } from "../../store/schema.ts";

/** After a crash the others wait so long before one of them goes on. */
const CLAIM_MS = 30_000;

/**
 * Takes, or keeps, work that one replica does at a time. Whoever holds it too long without asking again may find another at
 * it: every step must bear that.
 *
 * @returns until when it is held; undefined while another holds it
 */
export async function claimWork(
  store: Kysely<BrokerTables>,
  name: string,
  owner: string,
  nowMs: EpochMs,
): Promise<EpochMs | undefined> {
  const untilMs = nowMs + CLAIM_MS;
  const inserted = await store
    .insertInto("claims")
    .values({ name, owner, until_ms: untilMs })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return untilMs;
  const taken = await store
    .updateTable("claims")
    .set({ owner, until_ms: untilMs })
    .where("name", "=", name)
    .where((row) => row.or([row("owner", "=", owner), row("until_ms", "<=", nowMs)]))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n ? untilMs : undefined;
}

/** So that another replica need not wait until the claim ends. */
export async function releaseWork(
  store: Kysely<BrokerTables>,
  name: string,
  owner: string,
): Promise<void> {
  await store.deleteFrom("claims").where("name", "=", name).where("owner", "=", owner).execute();
}
