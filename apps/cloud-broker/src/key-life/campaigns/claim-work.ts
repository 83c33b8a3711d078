import type { EpochMs } from "../../core/order.ts";
import type { Store } from "../../store/store.ts";

/** After a crash the other replicas wait this long before one of them continues. */
const CLAIM_MS = 30_000;

/** Name of the claim on a vault, before the vault's own name. */
export const CLAIM_OF_VAULT = "campaigns ";

/**
 * Claims, or renews the claim on, work that one replica does at a time. A replica that holds it too
 * long without renewing may overlap with another one, so every step must tolerate that.
 *
 * @returns until when the claim holds; undefined while another replica has it
 */
export async function claimWork(
  store: Store,
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

/** Ends the claim early, so that another replica does not have to wait for its end. */
export async function releaseWork(store: Store, name: string, owner: string): Promise<void> {
  await store.deleteFrom("claims").where("name", "=", name).where("owner", "=", owner).execute();
}

/** Deletes the claims of replicas that died, which no other replica has taken over. */
export async function forgetClaims(store: Store, nowMs: EpochMs): Promise<void> {
  await store.deleteFrom("claims").where("until_ms", "<=", nowMs).execute();
}
