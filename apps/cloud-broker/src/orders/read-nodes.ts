import type { OrderId } from "../core/order.ts";
import type { Store } from "../store/store.ts";

export type OrderNode = Awaited<ReturnType<typeof readNodes>>[number];

/** Nodes of an order by their ordinal; none before preparation. */
export const readNodes = (store: Pick<Store, "selectFrom">, order: OrderId) =>
  store
    .selectFrom("nodes")
    .select([
      "serial",
      "ordinal",
      "device_jwk_json as deviceJwkJson",
      "device_kid as deviceKid",
      "device_key_grade as deviceKeyGrade",
      "prepared_at_ms as preparedAtMs",
      "last_outcome as lastOutcome",
      "last_seen_at_ms as lastSeenAtMs",
      "acknowledged_generation as acknowledgedGeneration",
    ])
    .where("order_id", "=", order)
    .orderBy("ordinal")
    .execute();
