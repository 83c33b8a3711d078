import { randomInt } from "node:crypto";

import { createVaultAndKey } from "./key-steps.ts";
import { createOrder, enableIdentity, useCustomerKey } from "./order-steps.ts";
import { type StoryContext, timed } from "./story-context.ts";
import { close, expectRefused, expectUnlocked, lock, prepare, readData } from "./unlock-steps.ts";

/**
 * The main job on one Data Box: from the order to an unlock with the customer's key, through a
 * disabled key and a revoked access and back. It fails loudly when any step does not end as told.
 */
export async function playStory(context: StoryContext): Promise<void> {
  const { operator, report } = context;
  const suffix = String(randomInt(100_000, 999_999));
  const step = (name: string, detail: string, work: () => Promise<unknown>) =>
    timed(report, work, () => ({ event: "step", step: name, detail }));

  const order = await createOrder(context, `demo-${suffix}`);
  const appliance = await context.createAppliance(order.id, [`DBX${suffix}`]);
  await prepare(context, appliance);

  const principalId = await enableIdentity(context, order);
  const key = await createVaultAndKey(context, `contoso${suffix}`);
  await step("Access", "Key Vault Crypto Service Encryption User for the order's identity", () =>
    key.grant(principalId),
  );
  await useCustomerKey(context, order, key);

  await step("Shipped", "dispatched and delivered; the appliance boots locked", async () => {
    await operator.advance(order.id, "dispatch");
    await operator.advance(order.id, "deliver");
    await appliance.ship();
  });
  await lock(context, appliance);
  await expectUnlocked(context, appliance);
  await readData(context, appliance);

  await step("Key disabled", `version ${key.version}`, () => key.setEnabled(false));
  await close(context, appliance);
  await expectRefused(context, appliance, "SsemUserErrorEncryptionKeyDisabled");
  await step("Key enabled", `version ${key.version}`, () => key.setEnabled(true));
  await expectUnlocked(context, appliance);

  await step("Access revoked", `role removed from principal ${principalId}`, () =>
    key.revoke(principalId),
  );
  await close(context, appliance);
  await expectRefused(context, appliance, "SsemUserErrorKeyVaultBadRequestException", "role");
  await step("Access granted", `principal ${principalId}`, () => key.grant(principalId));
  await expectUnlocked(context, appliance);
  await readData(context, appliance);
}
