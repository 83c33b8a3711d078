import type { JoinBuilder } from "kysely";

import type { BrokerTables } from "./schema.ts";

/** Tables whose rows belong to one node of one order. */
type NodeTable = {
  [Table in keyof BrokerTables]: BrokerTables[Table] extends { order_id: unknown; serial: unknown }
    ? Table
    : never;
}[keyof BrokerTables];

/** Joins two tables by their node. */
export const ofSameNode =
  (one: NodeTable, other: NodeTable) => (join: JoinBuilder<BrokerTables, NodeTable>) =>
    join
      .onRef(`${one}.order_id`, "=", `${other}.order_id`)
      .onRef(`${one}.serial`, "=", `${other}.serial`);
