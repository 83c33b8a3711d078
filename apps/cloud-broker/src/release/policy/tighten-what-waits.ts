import type { Kysely } from "kysely";

import type { EpochMs, OrderId } from "../../core/order.ts";
import { type ReleaseTerms, stricterTerms } from "../../core/release-terms.ts";
import { fromJson, toJson } from "../../store/json-column.ts";
import type { BrokerTables } from "../../store/schema.ts";

/**
 * Adds terms to every request that waits in an order. A policy that is loosened later gives back to
 * a waiting request nothing that it was denied at any time while it waited.
 */
export async function tightenOpenApprovals(
  transaction: Kysely<BrokerTables>,
  order: OrderId,
  terms: ReleaseTerms,
): Promise<void> {
  const open = await transaction
    .selectFrom("approvals")
    .select(["id", "terms_json"])
    .where("order_id", "=", order)
    .where("state", "=", "open")
    .execute();
  for (const { id, terms_json } of open) {
    const asked = terms_json === null ? terms : fromJson(terms_json);
    await transaction
      .updateTable("approvals")
      .set({ terms_json: toJson(stricterTerms(asked, terms)) })
      .where("id", "=", id)
      .execute();
  }
}

/**
 * A policy that forbids break-glass ends those that were opened before; a later policy does not
 * bring them back.
 */
export async function endBreakGlass(
  transaction: Kysely<BrokerTables>,
  order: OrderId,
  nowMs: EpochMs,
): Promise<void> {
  await transaction
    .updateTable("break_glass")
    .set({ expires_at_ms: nowMs })
    .where("order_id", "=", order)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .execute();
}
