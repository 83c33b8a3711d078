import { randomUUID } from "node:crypto";

import { jobPatch, jobWrite } from "@databox-cmk/protocol";

import { type OrderId, orderIdOf } from "../../src/core/order.ts";
import { createCampaignRunner } from "../../src/key-life/campaigns/run-campaigns.ts";
import { startCampaign } from "../../src/key-life/campaigns/start-campaign.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import { createOrder } from "../../src/orders/create-order.ts";
import { prepareOrder } from "../../src/orders/prepare-order.ts";
import { patchOrder } from "../../src/orders/update-order.ts";
import type { Store } from "../../src/store/store.ts";
import { releaseTo } from "../custody/custody-world.ts";
import { createControlPlane } from "../world/control-plane.ts";
import { createCustomerVault, CUSTOMER_KEY, VAULT_NAME } from "../world/customer-vault.ts";
import { expectOk } from "../world/expect-ok.ts";
import { createFakeIdentities, TENANT_ID } from "../world/fake-identities.ts";
import { GROUP, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";

const ACTOR = { kind: "caller", objectId: randomUUID(), name: "operator", address: "" } as const;
const CONTEXT = { actor: ACTOR, by: "operator", correlationId: "c" };

/**
 * Orders with the customer's key in a database that outlives its process; vaults and identities
 * live as long as the test.
 */
export function createCampaignWorld() {
  const clock = { nowMs: 1_767_000_000_000 };
  const now = (): number => clock.nowMs;
  const customer = createCustomerVault(now);
  const identities = createFakeIdentities((principalId) => {
    for (const vault of [VAULT_NAME, "kv-two"]) customer.vaults.grant(vault, principalId);
  });
  customer.vaults.addVault("kv-two", { tenantId: TENANT_ID });
  customer.vaults.addKey("kv-two", "key2");
  const deps = (store: Store): ControlPlane =>
    createControlPlane({ store, identities, now, vaults: customer.vaults });
  return {
    clock,
    vaults: customer.vaults,
    deps,
    /** An order with two nodes, prepared under the customer's key. */
    async prepare(store: Store, name: string): Promise<OrderId> {
      const orderName = { subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, name };
      const written = jobWrite.parse(minimalJob("DataBoxHeavy"));
      await createOrder(deps(store), orderName, written, "ImportToAzure", CONTEXT);
      const patch = jobPatch.parse({
        identity: { type: "SystemAssigned" },
        properties: { details: { keyEncryptionKey: CUSTOMER_KEY } },
      });
      await patchOrder(deps(store), orderName, patch, undefined, CONTEXT);
      await prepareOrder(deps(store), orderName, undefined, CONTEXT);
      return orderIdOf(orderName);
    },
    start: (store: Store, request: Parameters<typeof startCampaign>[1]["request"]) =>
      startCampaign(deps(store), { request, origin: "operator", actor: ACTOR, isPerson: true }),
    run: (store: Store, atOnce = 1) =>
      createCampaignRunner({ deps: deps(store), isClosing: () => false, atOnce }).run(),
    /** The appliance's use of a released key: each node opens its own envelope. */
    async unlock(store: Store, order: OrderId): Promise<readonly string[]> {
      const { custody } = deps(store);
      const nodes = await store
        .selectFrom("nodes")
        .select("serial")
        .where("order_id", "=", order)
        .orderBy("serial")
        .execute();
      return Promise.all(
        nodes.map(async ({ serial }) => expectOk(await releaseTo(custody, serial, order)).result),
      );
    },
  };
}
