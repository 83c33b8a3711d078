import type { RevocationList } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Store } from "../../store/store.ts";
import { scopesOver } from "./revocations.ts";

const kinds = z.enum(["node", "order", "subscription", "fleet"]);
const origins = z.enum(["customer", "operator"]);

/** Every active switch, with the members for its operator. */
export async function listAllRevocations(store: Store): Promise<RevocationList> {
  return { value: (await selectStanding(store).execute()).map(render) };
}

/**
 * Switches that cover an order or one of its nodes; the customer does not see the operator's staff.
 */
export async function listRevocationsOver(store: Store, order: OrderId): Promise<RevocationList> {
  const rows = await selectStanding(store)
    .where((row) =>
      row.or([
        row("scope", "in", scopesOver(order)),
        // A node's scope is the order's id, a space and the serial ("!" follows the space).
        row.and([row("scope", ">", `${order} `), row("scope", "<", `${order}!`)]),
      ]),
    )
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

function render(row: {
  readonly id: string;
  readonly kind: string;
  readonly scope: string;
  readonly origin: string;
  readonly reason: string;
  readonly created_at_ms: number;
  readonly created_by: string;
}) {
  return {
    id: row.id,
    ...place(kinds.parse(row.kind), row.scope),
    origin: origins.parse(row.origin),
    reason: row.reason,
    revokedAt: renderTime(row.created_at_ms),
    by: row.created_by,
  };
}

function place(kind: z.infer<typeof kinds>, scope: string) {
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
