import { type CustomerKey, enableIdentity, useCustomerKey } from "@databox-cmk/local-stack";

import type { DrillStack, DeliveredOrder } from "./drill-stack.ts";

export type OwnKey = CustomerKey & {
  /** Without the version. */
  readonly url: string;
};

/**
 * Moves an order to a key of its customer, used by the order's own identity.
 *
 * @returns the key, and the identity's principal
 */
export async function moveToOwnKey(
  { world }: DrillStack,
  { order }: DeliveredOrder,
  vaultName: string,
): Promise<{ readonly key: OwnKey; readonly principalId: string }> {
  const key = ownKey(await world.createVault(vaultName));
  const principalId = await enableIdentity(world.customerContext, order);
  await key.grant(principalId);
  await useCustomerKey(world.customerContext, order, key);
  return { key, principalId };
}

export const ownKey = (key: CustomerKey): OwnKey => ({
  ...key,
  url: key.kid.slice(0, key.kid.lastIndexOf("/")),
});
