import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { Sender } from "../message/serve-device-message.ts";

/** Of two messages with one counter, on any replica, one is answered. */
export function useCounter(
  { commit }: Needs<"commit">,
  { order, serial }: Sender,
  counter: number,
): Promise<Outcome<undefined>> {
  return commit(async (transaction) => {
    const counted = await transaction
      .updateTable("nodes")
      .set({ last_counter: counter })
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .where("last_counter", "<", counter)
      .executeTakeFirst();
    return counted.numUpdatedRows === 1n
      ? { ok: true, value: undefined }
      : failed({
          code: "CounterRollback",
          detail: "counter: not above the last one that was seen",
        });
  });
}
