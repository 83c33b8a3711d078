import type { Transaction } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { AuditEvent, Clock } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";

/** Chain of an order, or "broker" for what belongs to no order (unknown devices, refused callers). */
export type AuditChain = OrderId | "broker";

/**
 * Appends one row to a hash chain inside the caller's transaction, so that a decision and its row are one commit.
 */
export type AppendAudit = (
  transaction: Transaction<BrokerTables>,
  chain: AuditChain,
  event: AuditEvent,
) => Promise<void>;

export type AuditDependencies = { readonly now: Clock };
