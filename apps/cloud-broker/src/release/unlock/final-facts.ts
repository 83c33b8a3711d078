import type { Transaction } from "kysely";

import { LEASE_STATES } from "../../core/decide-renewal.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { OrderPlace } from "../../core/unlock-purposes.ts";
import { compileOnce } from "../../store/compile-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import {
  type CoveringScopes,
  revocationOf,
  scopesOfNode,
  standingSwitch,
} from "../kill-switches/revocations.ts";

/** The facts that may have changed during the vault call. */
export type FinalFacts = OrderPlace & {
  readonly revocation: Failure | undefined;
  /** The node has sent a newer request and has its answer. */
  readonly isOvertaken: boolean;
  readonly unlocksPerDay: number | undefined;
};

type Wanted = { readonly serial: string; readonly counter: number } & CoveringScopes;

const select = compileOnce((store, wanted: Wanted) =>
  store
    .selectFrom("orders")
    .leftJoin("unlock_budgets", "unlock_budgets.order_id", "orders.id")
    .select((order) => [
      "orders.stage",
      "orders.transfer_type",
      "unlock_budgets.unlocks_per_day",
      standingSwitch(wanted),
      order
        .selectFrom("leases")
        .select("leases.id")
        .where("leases.order_id", "=", wanted.order)
        .where("leases.serial", "=", wanted.serial)
        // All states are listed so that the index is used, however many leases the node had.
        .where("leases.state", "in", LEASE_STATES)
        .where("leases.last_counter", ">", wanted.counter)
        .limit(1)
        .as("newer_lease"),
    ])
    .where("orders.id", "=", wanted.order),
);

/**
 * Runs in the transaction of a grant, after its lease was written.
 *
 * @param counter - a lease with a higher one was requested later
 * @returns undefined when the order is gone
 */
export async function readFinalFacts(
  transaction: Transaction<BrokerTables>,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  counter: number,
): Promise<FinalFacts | undefined> {
  const wanted = { serial, counter, ...scopesOfNode(order, serial) };
  const [row] = await select(transaction, wanted);
  return (
    row && {
      stage: row.stage,
      transferType: row.transfer_type,
      revocation: revocationOf(row.revocation),
      isOvertaken: row.newer_lease !== null,
      unlocksPerDay: row.unlocks_per_day ?? undefined,
    }
  );
}
