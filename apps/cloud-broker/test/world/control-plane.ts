import { generateSigningKey, signMessage } from "@databox-cmk/crypto";
import { CLOUDS } from "@databox-cmk/errors";

import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import { createAnnounce } from "../../src/events/announce.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import type { Store } from "../../src/store/store.ts";
import { custodyDependencies } from "./custody-dependencies.ts";
import type { CustomerVault } from "./customer-vault.ts";
import { type FakeIdentities, TENANT_ID } from "./fake-identities.ts";

export const announce = createAnnounce("https://broker.localhost", () => Promise.resolve([]));
export const defaultPolicy = defaultUnlockPolicy({
  leaseTtlSeconds: 60,
  outageGraceSeconds: 86_400,
});

/** Orders and their keys without HTTP; no change needs an approval. */
export function createControlPlane(
  given: {
    readonly store: Store;
    readonly identities: FakeIdentities;
    readonly now: () => number;
  } & Pick<CustomerVault, "vaults">,
): ControlPlane {
  const { store, identities, now } = given;
  const { key: signing } = generateSigningKey();
  const custody = custodyDependencies({
    store,
    now,
    vaults: given.vaults.port,
    resources: given.vaults.resources,
  });
  const { appendAudit, backupAfterSeconds, keyVaultSuffixes } = custody;
  return {
    store,
    custodyOf: custody.custodyOf,
    custody: createKeyCustody(custody),
    checkKeyNow: () => Promise.resolve(),
    identities,
    appendAudit,
    announce,
    sign: (type, payload) => signMessage(signing, type, payload),
    now,
    admitChange: () => Promise.resolve({ use: () => Promise.resolve() }),
    settings: {
      armUrl: "https://arm.localhost",
      cloud: CLOUDS.AzureCloud,
      tenantId: TENANT_ID,
      retryAfterSeconds: 0,
      allowRevertToMicrosoftManaged: false,
      defaultPolicy,
      keyVaultSuffixes,
      backupAfterSeconds,
      keyHealthIntervalSeconds: 900,
    },
  };
}
