import type { Siblings } from "@databox-cmk/protocol";

import { describeSibling } from "../../core/describe-sibling.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { Store } from "../../store/store.ts";
import { HELD_LEASE, HELD_STATES, type HeldLeaseRow, heldLeaseOf } from "./read-lock-facts.ts";

type NodeOfOrder = { readonly order: OrderId; readonly serial: string };

const selectSiblings = compileOnce((store, { order, serial }: NodeOfOrder) =>
  store
    .selectFrom("nodes")
    .leftJoin("leases", (join) =>
      join
        .onRef("leases.order_id", "=", "nodes.order_id")
        .onRef("leases.serial", "=", "nodes.serial")
        .on("leases.state", "in", HELD_STATES),
    )
    .leftJoin("sanitisations", ofSameNode("sanitisations", "nodes"))
    .select([
      ...HELD_LEASE,
      "nodes.serial",
      "nodes.prepared_at_ms",
      "nodes.last_seen_at_ms",
      "sanitisations.created_at_ms as erased_at_ms",
    ])
    .where("nodes.order_id", "=", order)
    .where("nodes.serial", "<>", serial)
    .orderBy("nodes.ordinal")
    .$narrowType<HeldLeaseRow | { id: null }>(),
);

/** The other nodes of the order, for the page of this node. */
export async function readSiblings(
  store: Store,
  node: NodeOfOrder,
  nowMs: EpochMs,
): Promise<Siblings> {
  const rows = await selectSiblings(store, node);
  return rows.map((row) =>
    describeSibling(
      {
        serial: row.serial,
        isPrepared: row.prepared_at_ms !== null,
        isErased: row.erased_at_ms !== null,
        lastSeenAtMs: row.last_seen_at_ms ?? undefined,
        lease: row.id === null ? undefined : heldLeaseOf(row),
      },
      nowMs,
    ),
  );
}
