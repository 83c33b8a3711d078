import { sampleOrder } from "./sample-order.ts";
import { POLL, type CustomerContext, step, type StoryContext } from "./story-context.ts";

export type StoryOrder = { readonly id: string; readonly name: string };

/** Step 1: an order, as a customer's script makes one. */
export function createOrder(
  context: CustomerContext,
  name: string,
  sku: "DataBox" | "DataBoxHeavy" = "DataBox",
): Promise<StoryOrder> {
  const { stack, customer } = context;
  const order = sampleOrder(stack, sku);
  const detail = `${name} created; its unlock key will be protected by the service's own key`;
  return step(context, "Order", detail, async () => {
    const { jobs } = customer.dataBox;
    const { id } = await jobs.beginCreateAndWait(stack.resourceGroup, name, order, POLL);
    if (id === undefined) throw new Error("the new order has no id");
    return { id, name };
  });
}

const orderIsNow = (principalId: string) => `the order is now principal ${principalId}`;
const keysAreErased = (certificate: string) =>
  `the broker's wrapped keys, too; its signed certificate is at ${certificate}`;

/** Gives the order an identity of its own; answers its principal. */
export function enableIdentity(context: CustomerContext, order: StoryOrder): Promise<string> {
  const { stack, customer } = context;
  return step(context, "Identity", orderIsNow, async () => {
    const { identity } = await customer.dataBox.jobs.beginUpdateAndWait(
      stack.resourceGroup,
      order.name,
      { identity: { type: "SystemAssigned" } },
      POLL,
    );
    if (identity?.principalId === undefined)
      throw new Error("the order's identity has no principal");
    return identity.principalId;
  });
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
  const { stack, customer } = context;
  const keyEncryptionKey = {
    kekType: "CustomerManaged",
    kekUrl: key.kid,
    kekVaultResourceID: key.vaultId,
    identityProperties: { type: "SystemAssigned" },
  } as const;
  await step(context, "Re-wrapped", `under the customer's key ${key.kid}`, () =>
    customer.dataBox.jobs.beginUpdateAndWait(
      stack.resourceGroup,
      order.name,
      { details: { keyEncryptionKey } },
      POLL,
    ),
  );
}

/** The order's keys are destroyed, too; the owner reads where its certificate is. */
export async function expectCertificate(context: StoryContext, order: StoryOrder): Promise<void> {
  const { stack, customer, operator } = context;
  await step(context, "Erased", keysAreErased, async () => {
    await operator.advance(order.id, "erase");
    const { details } = await customer.dataBox.jobs.get(stack.resourceGroup, order.name, {
      expand: "details",
    });
    const { deviceErasureStatus: status, erasureOrDestructionCertificateSasKey: certificate } =
      details?.deviceErasureDetails ?? {};
    if (status !== "Succeeded" || certificate === undefined)
      throw new Error(`the erasure of ${order.name} is ${status ?? "not known"}`);
    return certificate;
  });
}
