import { ESCROW_ORDERS_MAX, STAGE_NAMES } from "@databox-cmk/protocol";

import { record } from "../audit/record.ts";
import type { OrderName } from "../core/order.ts";
import { stageRules } from "../core/stages.ts";
import { jsonMember } from "../store/json-member.ts";
import { requireFeature } from "../store/require-feature.ts";
import type { Store } from "../store/store.ts";
import type { Changing, RequestContext } from "./control-plane.ts";

/**
 * Whether a subscription allows only split custody for its new orders.
 *
 * @param subscriptionId - in lower case
 */
export const readCustodyPolicy = (store: Store, subscriptionId: string) =>
  store
    .selectFrom("custody_policies")
    .select(["split_only as splitOnly", "changed_at_ms as changedAtMs", "changed_by as changedBy"])
    .where("subscription_id", "=", subscriptionId)
    .executeTakeFirst();

/** Holds for orders that are placed from now on; those that exist keep their custody. */
export async function writeCustodyPolicy(
  deps: Changing,
  subscriptionId: string,
  splitOnly: boolean,
  context: RequestContext,
): Promise<void> {
  const entry = { chain: "broker", action: "custodyPolicy/write", context } as const;
  const values = {
    split_only: Number(splitOnly),
    changed_at_ms: deps.now(),
    changed_by: context.by,
  };
  await record(deps, entry, async (transaction) => {
    if (splitOnly) await requireFeature(transaction, "custodyPolicy");
    await transaction
      .insertInto("custody_policies")
      .values({ subscription_id: subscriptionId, ...values })
      .onConflict((conflict) => conflict.column("subscription_id").doUpdateSet(values))
      .execute();
    return { detail: { subscriptionId, splitOnly } };
  });
}

const IN_PROGRESS = STAGE_NAMES.filter((stage) => !stageRules(stage).terminal);

/** Orders in escrow that have not ended; a policy does not change them. */
export async function listEscrowOrders(store: Store, subscriptionId: string): Promise<OrderName[]> {
  const rows = await store
    .selectFrom("orders")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .select(["orders.resource_group", "orders.name"])
    .where("orders.subscription_id", "=", subscriptionId)
    .where("orders.stage", "in", IN_PROGRESS)
    .where(
      jsonMember<string | null>(store, "unlock_policies.policy_json", "custody", "kind"),
      "is distinct from",
      "split",
    )
    .orderBy("orders.id")
    .limit(ESCROW_ORDERS_MAX)
    .execute();
  return rows.map(({ resource_group: resourceGroup, name }) => ({
    subscriptionId,
    resourceGroup,
    name,
  }));
}
