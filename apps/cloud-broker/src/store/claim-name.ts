import type { EpochMs } from "../core/order.ts";
import type { Store } from "./store.ts";

/** Work of one owner at a time, by its name; both tables have the same columns. */
type ClaimTable = "claims" | "name_claims";

/**
 * Claims, or renews the claim on, work that one owner does at a time, by one conditional write.
 * After `untilMs` another owner may take it over.
 *
 * @returns false while another owner has it
 */
export async function claimName(
  store: Store,
  table: ClaimTable,
  { name, owner }: { readonly name: string; readonly owner: string },
  nowMs: EpochMs,
  untilMs: EpochMs,
): Promise<boolean> {
  const taken = await store
    .insertInto(table)
    .values({ name, owner, until_ms: untilMs })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ owner, until_ms: untilMs })
        .where((row) =>
          row.or([row(`${table}.owner`, "=", owner), row(`${table}.until_ms`, "<=", nowMs)]),
        ),
    )
    .executeTakeFirst();
  return taken.numInsertedOrUpdatedRows === 1n;
}

/** Ends a claim early, so that no other owner has to wait for its end. */
export async function releaseName(
  store: Store,
  table: ClaimTable,
  { name, owner }: { readonly name: string; readonly owner: string },
): Promise<void> {
  await store.deleteFrom(table).where("name", "=", name).where("owner", "=", owner).execute();
}
