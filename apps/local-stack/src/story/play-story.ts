import { randomInt } from "node:crypto";

import type { Appliance } from "../stack/appliances.ts";
import { createVaultAndKey, type CustomerKey } from "./key-steps.ts";
import {
  createOrder,
  enableIdentity,
  expectCertificate,
  type StoryOrder,
  useCustomerKey,
} from "./order-steps.ts";
import { step, type StoryContext } from "./story-context.ts";
import {
  close,
  erase,
  expectRefused,
  expectUnlocked,
  lock,
  prepare,
  readData,
  writeData,
} from "./unlock-steps.ts";

/**
 * The whole life of one Data Box: from the order to an unlock with the customer's key, through a
 * disabled key and a revoked access and back, to the copy in the datacenter and the certificate of
 * erasure. It fails loudly when any step does not end as told.
 */
export async function playStory(context: StoryContext): Promise<void> {
  const { operator } = context;
  const { order, appliance, key, principalId } = await deliverAppliance(context);
  await writeData(context, appliance);

  await step(context, "Key disabled", `version ${key.version}`, () => key.setEnabled(false));
  await close(context, appliance);
  await expectRefused(context, appliance, "SsemUserErrorEncryptionKeyDisabled");
  await step(context, "Key enabled", `version ${key.version}`, () => key.setEnabled(true));
  await expectUnlocked(context, appliance);

  await step(context, "Access revoked", `role removed from principal ${principalId}`, () =>
    key.revoke(principalId),
  );
  await close(context, appliance);
  await expectRefused(context, appliance, "SsemUserErrorKeyVaultBadRequestException", "role");
  await step(context, "Access granted", `principal ${principalId}`, () => key.grant(principalId));
  await expectUnlocked(context, appliance);
  await readData(context, appliance, "at the site");

  await step(
    context,
    "Returned",
    "picked up and received; the appliance boots locked",
    async () => {
      await operator.advance(order.id, "pickUp");
      await operator.advance(order.id, "receive");
      await appliance.ship();
    },
  );
  await expectUnlocked(context, appliance, "ingest");
  await readData(context, appliance, "in the datacenter");
  await step(
    context,
    "Copied",
    "the operator reports that the data is in the storage account",
    async () => {
      await operator.advance(order.id, "startCopy");
      await operator.advance(order.id, "complete");
    },
  );
  await erase(context, appliance);
  await expectCertificate(context, order);
  await context.retireAppliance(appliance);
}

/** The story, and then another appliance at the customer's site, for a person to try. */
export async function playStoryAndDeliver(context: StoryContext): Promise<void> {
  await playStory(context);
  await deliverAppliance(context);
}

type Delivered = {
  readonly order: StoryOrder;
  readonly appliance: Appliance;
  readonly key: CustomerKey;
  /** The order's own identity has it. */
  readonly principalId: string;
};

/** From the order to an unlock with the customer's key. */
async function deliverAppliance(context: StoryContext): Promise<Delivered> {
  const { operator } = context;
  const suffix = String(randomInt(100_000, 999_999));
  const order = await createOrder(context, `demo-${suffix}`);
  const appliance = await context.createAppliance(order.id, [`DBX${suffix}`]);
  await prepare(context, appliance);

  const principalId = await enableIdentity(context, order);
  const key = await createVaultAndKey(context, `contoso${suffix}`);
  await step(
    context,
    "Access",
    "Key Vault Crypto Service Encryption User for the order's identity",
    () => key.grant(principalId),
  );
  await useCustomerKey(context, order, key);

  await step(
    context,
    "Shipped",
    "dispatched and delivered; the appliance boots locked",
    async () => {
      await operator.advance(order.id, "dispatch");
      await operator.advance(order.id, "deliver");
      await appliance.ship();
    },
  );
  await lock(context, appliance);
  await expectUnlocked(context, appliance);
  return { order, appliance, key, principalId };
}
