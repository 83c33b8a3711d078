import type { RevocationList } from "@databox-cmk/protocol";

import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";
import { isOfAnyNode, scopesOver } from "./revocations.ts";

/** Every active switch, with the members for its operator. */
export async function listAllRevocations(store: Store): Promise<RevocationList> {
  return { value: (await selectStanding(store).execute()).map(render) };
}

/**
 * Switches that cover an order or one of its nodes; the customer does not see the operator's staff.
 */
export async function listRevocationsOver(store: Store, order: OrderId): Promise<RevocationList> {
  const rows = await selectStanding(store)
    .where((row) => row.or([row("scope", "in", scopesOver(order)), isOfAnyNode(row, order)]))
    .execute();
  return {
    value: rows.map((row) => {
      const { by, ...shown } = render(row);
      return row.origin === "customer" ? { ...shown, by } : shown;
    }),
  };
}

function selectStanding(store: Store) {
  return store
    .selectFrom("revocations")
    .select(["id", "kind", "scope", "origin", "reason", "created_at_ms", "created_by"])
    .where("lifted_at_ms", "is", null)
    .orderBy("created_at_ms", "desc")
    .orderBy("id");
}

function render(row: Omit<BrokerTables["revocations"], "lifted_at_ms" | "lifted_by">) {
  return {
    id: row.id,
    ...place(row.kind, row.scope),
    origin: row.origin,
    reason: row.reason,
    revokedAt: renderTime(row.created_at_ms),
    by: row.created_by,
  };
}

function place(kind: BrokerTables["revocations"]["kind"], scope: string) {
  switch (kind) {
    case "node": {
      const [orderId = "", serial = ""] = scope.split(" ");
      return { scope: kind, orderId, serial };
    }
    case "order":
      return { scope: kind, orderId: scope };
    case "subscription":
      return { scope: kind, subscriptionId: scope };
    case "fleet":
      return { scope: kind };
  }
}
