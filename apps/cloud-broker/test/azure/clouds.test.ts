// @module-tag one-engine

import { CLOUD_NAMES, CLOUDS } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { createFetchByAgent } from "../../src/azure/fetch-by-agent.ts";
import {
  armAudiences,
  createTenantKeys,
  createVerifyToken,
} from "../../src/callers/verify-token.ts";
import { parseKeyUrl } from "../../src/core/key-url.ts";
import { expectOk } from "../world/expect-ok.ts";
import { createUserIdentity, startEmulatorWorld } from "./emulator-world.ts";

test.each(CLOUD_NAMES)("an order's identity uses a customer's key in %s", async (name) => {
  const world = await startEmulatorWorld(name);
  try {
    const { emulator, azure, settings, owner } = world;
    const cloud = CLOUDS[name];
    const identity = await createUserIdentity(world);
    await world.addVault("kv-customer", identity.principalId);
    const kid = await world.addKey("kv-customer", "kek");
    const key = expectOk(parseKeyUrl(kid, [emulator.vaultSuffix]));
    expect(key.vaultUrl).toBe(`https://kv-customer.${emulator.vaultSuffix}`);

    expectOk(await azure.vaults.getKey(identity, key));
    const secret = Buffer.alloc(32, 7);
    const { encryptedKey } = expectOk(await azure.vaults.wrapKey(identity, kid, secret));
    const { contentKey } = expectOk(await azure.vaults.unwrapKey(identity, kid, encryptedKey));
    expect(Buffer.from(contentKey)).toEqual(secret);

    const { TENANT_ID: tenantId, ENTRA_AUTHORITY: authorityUrl, ARM_URL: armUrl } = settings;
    const now = Date.now;
    const caller = { authorityUrl, cloud, tenantId, audiences: armAudiences([armUrl]), now };
    const keys = createTenantKeys(caller, createFetchByAgent(azure.agent));
    const { token } = await owner.credential.getToken(`${armUrl}/.default`);
    expect(await createVerifyToken(caller, keys)(`Bearer ${token}`)).toMatchObject({
      objectId: owner.objectId,
    });
  } finally {
    await world.close();
  }
});
