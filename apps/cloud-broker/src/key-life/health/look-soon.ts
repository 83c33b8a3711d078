import type { EpochMs } from "../../core/order.ts";
import type { Store } from "../../store/store.ts";

const BETWEEN_LOOKS_MS = 10_000;

/**
 * Makes the keys of one vault due for the next round of the watch. The vault's budget still limits
 * the checks per minute, and a key that was checked in the last seconds waits equally long: events
 * come in bursts.
 */
export async function lookSoon(
  store: Store,
  vaultName: string,
  suffixes: readonly string[],
  nowMs: EpochMs,
): Promise<void> {
  const starts = suffixes.map((suffix) => `https://${vaultName}.${suffix}/keys/%`.toLowerCase());
  const ofVault = store
    .selectFrom("order_keys")
    .select("order_keys.order_id")
    .where((where) =>
      where.or(starts.map((start) => where(where.fn<string>("lower", ["kek_url"]), "like", start))),
    );
  const due = (checkedBefore: boolean) =>
    store
      .updateTable("key_health")
      .where("order_id", "in", ofVault)
      .where((where) =>
        checkedBefore
          ? where("checked_at_ms", ">", nowMs - BETWEEN_LOOKS_MS)
          : where.or([
              where("checked_at_ms", "is", null),
              where("checked_at_ms", "<=", nowMs - BETWEEN_LOOKS_MS),
            ]),
      );
  await due(false).set({ next_check_at_ms: nowMs }).where("next_check_at_ms", ">", nowMs).execute();
  await due(true)
    .set({ next_check_at_ms: nowMs + BETWEEN_LOOKS_MS })
    .where("next_check_at_ms", ">", nowMs + BETWEEN_LOOKS_MS)
    .execute();
}
