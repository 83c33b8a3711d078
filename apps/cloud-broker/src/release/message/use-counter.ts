import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";
import type { Needs } from "./device-dependencies.ts";
import type { Sender } from "./serve-device-message.ts";

/** Of two messages with one counter, on any replica, one is answered: the other updates no row. */
export const raiseCounter = (
  store: Store,
  { order, serial, counter }: Sender & { readonly counter: number },
) =>
  store
    .updateTable("nodes")
    .set({ last_counter: counter })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("last_counter", "<", counter);

/** Uses up the counter of a message that uses up nothing else. */
export async function useCounter(
  { commit }: Needs<"commit">,
  { order, serial }: Sender,
  counter: number,
): Promise<Outcome<undefined>> {
  const counted = await commit((transaction) =>
    raiseCounter(transaction, { order, serial, counter }).executeTakeFirst(),
  );
  return counted.numUpdatedRows === 1n
    ? { ok: true, value: undefined }
    : failed({ code: "CounterRollback", detail: "counter: not above the last one that was seen" });
}
