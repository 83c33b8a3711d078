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
import { accountOf, MAILED, nameOf } from "./people.ts";

export const PORTAL_URL = "https://broker.localhost";
const PORTAL_SEALING_KEY = randomBytes(32);
const OTHER_VAULT = "kv-two";
export const VAULTS = [VAULT_NAME, OTHER_VAULT] as const;
export const SECOND_VAULT = {
  kekUrl: `https://${OTHER_VAULT}.vault.test/keys/key2`,
  kekVaultResourceID: fakeVaultId(OTHER_VAULT),
} as const;
export const SECOND_KEY = { kekType: "CustomerManaged", ...SECOND_VAULT } as const;

const nobody = () => Promise.reject(new Error("nobody signs in here"));
/** The token of each call that a page's session made to Azure. */
export const AZURE_CALLS: string[] = [];
const HOUR_MS = 3_600_000;
/** On a busy machine a file may take longer than a broker waits. */
const FOLDER_PATIENCE_MS = 60_000;

/** The folder of the restore record, beside the database. */
export const recordOf = (world: BrokerWorld): string => join(world.folder, "record");

/** A broker of two replicas with a portal, a restore record and a second vault. */
export async function openExplored(replicas = 2): Promise<BrokerWorld> {
  let state = 0;
  const world: BrokerWorld = await openBroker({
    replicas,
    settings: { WEBHOOK_URLS: "https://receiver.example/hook" },
    // The queue is read; no e-mail is sent.
    notices: { channels: [], sendMail: nobody },
    portal: {
      provider: {
        findTenant: nobody,
        begin() {
          state += 1;
          const attempt = { state: `state-${state}`, nonce: "", codeVerifier: "" };
          return Promise.resolve({ url: `${PORTAL_URL}/?state=${attempt.state}`, attempt });
        },
        // The code is the name of the person who signed in.
        async complete(query) {
          const { human: name, ...claims } = accountOf(nameOf(query.get("code")));
          const expiresAtMs = world.clock.nowMs + HOUR_MS;
          const token = { accessToken: await world.token(claims), expiresAtMs };
          return {
            tenantId: undefined,
            objectId: claims.oid,
            name,
            roles: [],
            refreshToken: undefined,
            token,
          };
        },
        refresh: () => Promise.resolve(undefined),
        signOutUrl: () => Promise.resolve(PORTAL_URL),
      },
      sealingKey: PORTAL_SEALING_KEY,
      fetch(_url, { headers }) {
        AZURE_CALLS.push(new Headers(headers).get("authorization") ?? "");
        return Promise.resolve(Response.json({ value: [] }));
      },
    },
    openStore: async (path) =>
      Object.assign(await openTestStore(path), {
        restoreRecord: createRestoreRecord(join(dirname(path), "record"), FOLDER_PATIENCE_MS),
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
