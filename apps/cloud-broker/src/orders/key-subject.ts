import { readTenantOf } from "../callers/tenants.ts";
import { storageAccountsOf } from "../core/job-details.ts";
import { subscriptionOf } from "../core/order.ts";
import type { KeySubject } from "../core/ports.ts";
import type { Plane } from "./control-plane.ts";
import type { Order } from "./order.ts";

/** The order's data for key checks, with the identities that will be in force. */
export async function keySubjectOf(
  { store, settings }: Plane<"store" | "settings">,
  order: Pick<Order, "id" | "location" | "details" | "identities">,
): Promise<KeySubject> {
  return {
    order: order.id,
    tenantId: (await readTenantOf(store, subscriptionOf(order.id))) ?? settings.tenantId,
    location: order.location,
    identities: order.identities,
    storageAccountIds: storageAccountsOf(order.details),
  };
}
