import { sampleOrder } from "./sample-order.ts";
import { POLL, type CustomerContext, type StoryContext, timed } from "./story-context.ts";

export type StoryOrder = { readonly id: string; readonly name: string };

/** Step 1: an order, as a customer's script makes one. */
export function createOrder(
  context: CustomerContext,
  name: string,
  sku: "DataBox" | "DataBoxHeavy" = "DataBox",
): Promise<StoryOrder> {
  const { stack, customer, report } = context;
  const order = sampleOrder(stack, sku);
  return timed(
    report,
    async () => {
      const job = await customer.dataBox.jobs.beginCreateAndWait(
        stack.resourceGroup,
        name,
        order,
        POLL,
      );
      if (job.id === undefined) throw new Error("the new order has no id");
      return { id: job.id, name };
    },
    () => ({
      event: "step",
      step: "Order",
      detail: `${name} created; its unlock key will be protected by the service's own key`,
    }),
  );
}

/** Gives the order an identity of its own; answers its principal. */
export function enableIdentity(context: CustomerContext, order: StoryOrder): Promise<string> {
  const { stack, customer, report } = context;
  return timed(
    report,
    async () => {
      const job = await customer.dataBox.jobs.beginUpdateAndWait(
        stack.resourceGroup,
        order.name,
        { identity: { type: "SystemAssigned" } },
        POLL,
      );
      const principalId = job.identity?.principalId;
      if (principalId === undefined) throw new Error("the order's identity has no principal");
      return principalId;
    },
    (principalId) => ({
      event: "step",
      step: "Identity",
      detail: `the order is now principal ${principalId}`,
    }),
  );
}

/**
 * Switches the order from the service's key to the customer's: the broker re-wraps before it
 * answers.
 */
export async function useCustomerKey(
  context: CustomerContext,
  order: StoryOrder,
  key: { readonly kid: string; readonly vaultId: string },
): Promise<void> {
  const { stack, customer, report } = context;
  await timed(
    report,
    () =>
      customer.dataBox.jobs.beginUpdateAndWait(
        stack.resourceGroup,
        order.name,
        {
          details: {
            keyEncryptionKey: {
              kekType: "CustomerManaged",
              kekUrl: key.kid,
              kekVaultResourceID: key.vaultId,
              identityProperties: { type: "SystemAssigned" },
            },
          },
        },
        POLL,
      ),
    () => ({ event: "step", step: "Re-wrapped", detail: `under the customer's key ${key.kid}` }),
  );
}

/** The order's keys are destroyed, too; the owner reads where its certificate is. */
export async function expectCertificate(context: StoryContext, order: StoryOrder): Promise<void> {
  const { stack, customer, operator, report } = context;
  await timed(
    report,
    async () => {
      await operator.advance(order.id, "erase");
      const { details } = await customer.dataBox.jobs.get(stack.resourceGroup, order.name, {
        expand: "details",
      });
      const { deviceErasureStatus, erasureOrDestructionCertificateSasKey } =
        details?.deviceErasureDetails ?? {};
      if (
        deviceErasureStatus !== "Succeeded" ||
        erasureOrDestructionCertificateSasKey === undefined
      )
        throw new Error(`the erasure of ${order.name} is ${deviceErasureStatus ?? "not known"}`);
      return erasureOrDestructionCertificateSasKey;
    },
    (certificate) => ({
      event: "step",
      step: "Erased",
      detail: `the broker's wrapped keys, too; its signed certificate is at ${certificate}`,
    }),
  );
}
