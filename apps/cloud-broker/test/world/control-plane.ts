import { generateSigningKey, signMessage } from "@databox-cmk/crypto";

import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import { createAnnounce } from "../../src/events/announce.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import type { Store } from "../../src/store/store.ts";
import { custodyDependencies } from "./custody-dependencies.ts";
import type { CustomerVault } from "./customer-vault.ts";
import type { FakeIdentities } from "./fake-identities.ts";
import { RULE_SETTINGS } from "./rule-settings.ts";

export const announce = createAnnounce("https://broker.localhost", () => Promise.resolve([]));

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
  const { appendAudit } = custody;
  return {
    store,
    custodyOf: custody.custodyOf,
    custody: createKeyCustody(custody),
    checkKeyNow: () => Promise.resolve(),
    identities,
    appendAudit,
    announce,
    tells: () => Promise.resolve({ groups: [], programs: 0, people: 0 }),
    sign: (type, payload) => signMessage(signing, type, payload),
    stillApproves: () => Promise.resolve({ ok: true, value: true }),
    findTrouble: () => Promise.resolve(undefined),
    now,
    admitChange: () => Promise.resolve({ use: () => Promise.resolve() }),
    settings: RULE_SETTINGS,
  };
}
