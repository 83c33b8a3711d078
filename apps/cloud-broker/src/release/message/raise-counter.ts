import type { Store } from "../../store/store.ts";
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
