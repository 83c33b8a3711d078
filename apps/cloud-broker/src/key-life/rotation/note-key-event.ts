import { eventPollMs } from "../../core/decide-key-poll.ts";
import type { EpochMs } from "../../core/order.ts";
import type { Store } from "../../store/store.ts";

/**
 * An event reports a new version of a key: its next poll is due now. The names only select followed
 * keys, so that no event can make the broker call a foreign key.
 *
 * @returns how many followed keys have that name
 */
export async function noteKeyEvent(
  store: Store,
  { vaultName, keyName }: { readonly vaultName: string; readonly keyName: string },
  suffixes: readonly string[],
  nowMs: EpochMs,
): Promise<number> {
  const addresses = suffixes.map((suffix) =>
    `https://${vaultName}.${suffix}/keys/${keyName}`.toLowerCase(),
  );
  const polls = await store
    .selectFrom("key_polls")
    .select(["key_address", "checked_at_ms", "due_at_ms"])
    .where("key_address", "in", addresses)
    .execute();
  for (const { key_address: address, checked_at_ms: checkedAtMs, due_at_ms: dueAtMs } of polls)
    await store
      .updateTable("key_polls")
      .set({ due_at_ms: Math.min(dueAtMs, eventPollMs(nowMs, checkedAtMs ?? undefined)) })
      .where("key_address", "=", address)
      .where("due_at_ms", "=", dueAtMs)
      .execute();
  return polls.length;
}
