import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";

import { writeChoices } from "../../src/api/portal/notices/choice-routes.ts";
import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { createRestoreRecord } from "../../src/store/restore-record.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { VAULT_NAME } from "../world/customer-vault.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { accountOf, MAILED } from "./people.ts";

export const PORTAL_URL = "https://broker.localhost";
export const PORTAL_SEALING_KEY = randomBytes(32);
const OTHER_VAULT = "kv-two";
export const VAULTS = [VAULT_NAME, OTHER_VAULT] as const;
export const SECOND_VAULT = {
  kekUrl: `https://${OTHER_VAULT}.vault.test/keys/key2`,
  kekVaultResourceID: fakeVaultId(OTHER_VAULT),
} as const;
export const SECOND_KEY = { kekType: "CustomerManaged", ...SECOND_VAULT } as const;

const nobody = () => Promise.reject(new Error("nobody signs in here"));

/** The folder of the restore record, beside the database. */
export const recordOf = (world: BrokerWorld): string => join(world.folder, "record");

/** A broker of two replicas with a portal, a restore record and a second vault. */
export async function openExplored(replicas = 2): Promise<BrokerWorld> {
  const world = await openBroker({
    replicas,
    settings: { WEBHOOK_URLS: "https://receiver.example/hook" },
    // What is queued is read; no e-mail is sent.
    notices: { channels: [], sendMail: nobody },
    portal: {
      provider: {
        begin: nobody,
        complete: nobody,
        refresh: () => Promise.resolve(undefined),
        signOutUrl: () => Promise.resolve(PORTAL_URL),
      },
      sealingKey: PORTAL_SEALING_KEY,
      fetch: nobody,
    },
    openStore: async (path) =>
      Object.assign(await openTestStore(path), {
        restoreRecord: createRestoreRecord(join(dirname(path), "record")),
        restored: { atMs: undefined },
      }),
  });
  world.vaults.addVault(OTHER_VAULT, { tenantId: TENANT_ID });
  world.vaults.addKey(OTHER_VAULT, "key2");
  for (const { oid: objectId } of MAILED.map(accountOf))
    await writeChoices(
      world.store(),
      { objectId, address: `${objectId}@contoso.example`, nowMs: world.clock.nowMs },
      {
        language: "en",
        kinds: [{ type: EVENT_TYPES.policyChanged, chosenIn: [SUBSCRIPTION] }],
      },
    );
  return world;
}
