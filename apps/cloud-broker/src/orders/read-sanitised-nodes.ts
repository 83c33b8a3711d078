import { type ErasureStatement, publicKey } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";

/** The nodes of an order as its certificate of erasure names them. */
export async function readSanitisedNodes(
  transaction: StoreTransaction,
  order: OrderId,
): Promise<ErasureStatement["nodes"]> {
  const rows = await transaction
    .selectFrom("nodes")
    .leftJoin("sanitisations", (join) =>
      join
        .onRef("sanitisations.order_id", "=", "nodes.order_id")
        .onRef("sanitisations.serial", "=", "nodes.serial"),
    )
    .select([
      "nodes.serial",
      "nodes.device_kid",
      "sanitisations.certificate",
      "sanitisations.device_jwk_json",
    ])
    .where("nodes.order_id", "=", order)
    .orderBy("ordinal")
    .execute();
  return rows.map(({ serial, device_kid, certificate, device_jwk_json }) => ({
    serial,
    deviceKey: device_kid ?? undefined,
    ...(certificate === null || device_jwk_json === null
      ? {}
      : { sanitisation: certificate, publicKey: publicKey.parse(JSON.parse(device_jwk_json)) }),
  }));
}
