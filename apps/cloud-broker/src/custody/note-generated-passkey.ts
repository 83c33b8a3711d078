import type { Transaction } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { BrokerTables } from "../store/schema.ts";

/** The passkey of a node that was rekeyed is of our making, whoever brought the first. */
export async function noteGeneratedPasskey(
  transaction: Transaction<BrokerTables>,
  order: OrderId,
  serial: string,
): Promise<void> {
  await transaction
    .updateTable("nodes")
    .set({ passkey_origin: "generated" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .execute();
}
