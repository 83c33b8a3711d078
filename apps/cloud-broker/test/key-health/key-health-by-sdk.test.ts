import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { KeyHealth } from "../../src/core/key-health.ts";
import type { KeyChoice } from "../../src/core/order.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import { readHealth } from "../../src/custody/stored-health.ts";
import {
  createKeyHealth,
  type KeyHealthWatch,
} from "../../src/key-life/health/create-key-health.ts";
import type { Store } from "../../src/store/store.ts";
import { type EmulatorWorld, startEmulatorWorld } from "../azure/emulator-world.ts";
import { ACTOR, insertOrder, ORDER, subject } from "../custody/custody-world.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { announce } from "../world/control-plane.ts";
import { custodyDependencies } from "../world/custody-dependencies.ts";
import { expectOk } from "../world/expect-ok.ts";

const VAULT = "kv-customer";
const DAY_MS = 86_400_000;

let world: EmulatorWorld;
let store: Store;
let watch: KeyHealthWatch;
let kid: string;
let principalId: string;
let clockMs = Date.now();
const now = (): number => clockMs;

beforeAll(async () => {
  world = await startEmulatorWorld();
  store = await openTestStore(":memory:");
  const { location, tenantId, storageAccountId, vaultSuffix } = world.emulator;
  const made = await world.azure.identities.createSystemAssigned(ORDER, location, 1);
  const identity = expectOk(made);
  ({ principalId } = identity);
  const vaultId = await world.addVault(VAULT, principalId);
  kid = await world.addKey(VAULT, "kek");
  const keys = custodyDependencies({
    vaults: world.azure.vaults,
    resources: world.azure.resources,
    store,
    now,
    serviceKey: world.keyUrl("kv-service", "mmk"),
    keyVaultSuffixes: [vaultSuffix],
  });
  watch = createKeyHealth({
    ...keys,
    announce,
    readNextStep: () => Promise.resolve(undefined),
    intervalSeconds: 900,
    limit: () => undefined,
    random: () => 0.5,
    failed: (error) => {
      throw error;
    },
  });
  const choice: KeyChoice = {
    kekType: "CustomerManaged",
    kekUrl: `https://${VAULT}.${vaultSuffix}/keys/kek`,
    kekVaultResourceId: vaultId,
    identity: { type: "SystemAssigned" },
  };
  const of = { ...subject([identity]), tenantId, location, storageAccountIds: [storageAccountId] };
  const custody = createKeyCustody({
    ...keys,
    listener: watch.listener({ lookAfterChange: true }),
  });
  expectOk(
    await custody.change(of, choice, ACTOR, async (transaction) => {
      await insertOrder([identity])(transaction);
      await transaction
        .insertInto("order_stages")
        .values({
          order_id: ORDER,
          stage: "DeviceOrdered",
          status: "Succeeded",
          entered_at_ms: clockMs,
        })
        .execute();
    }),
  );
});
afterAll(async () => {
  await store.destroy();
  await world.close();
});
afterEach(async () => {
  await world.clearFaults();
});

async function lookAgain(): Promise<KeyHealth | undefined> {
  clockMs += 20 * 60_000;
  await watch.watch();
  return (await readHealth(store, ORDER))?.health;
}

describe("key health through the real SDKs", () => {
  it("is healthy from the moment the key is in force", async () => {
    expect(await readHealth(store, ORDER)).toMatchObject({ health: { state: "healthy" }, kid });
  });

  it("is at risk by an expiry before the order's end", async () => {
    const expiresOn = new Date(Math.ceil(Date.now() / 1000) * 1000 + 12 * DAY_MS);
    await world.update(kid, { expiresOn });
    expect(await lookAgain()).toEqual({
      state: "at-risk",
      risks: [{ risk: "expires-before-order-end", atMs: expiresOn.getTime() }],
    });
    await world.update(kid, { expiresOn: new Date(Date.now() + 400 * DAY_MS) });
    expect(await lookAgain()).toEqual({ state: "healthy" });
  });

  it("is unusable while the key is disabled", async () => {
    await world.update(kid, { enabled: false });
    expect(await lookAgain()).toMatchObject({ code: "SsemUserErrorEncryptionKeyDisabled" });
    await world.update(kid, { enabled: true });
    expect(await lookAgain()).toEqual({ state: "healthy" });
  });

  it("is unusable without the right to unwrap", async () => {
    await world.grant(VAULT, principalId, ["get", "wrapKey"]);
    expect(await lookAgain()).toMatchObject({
      code: "SsemUserErrorKeyVaultBadRequestException",
      reason: "access-policy",
    });
    await world.grant(VAULT, principalId, ["get", "wrapKey", "unwrapKey"]);
    expect(await lookAgain()).toEqual({ state: "healthy" });
  });

  it.each([429, 500, 503])("stays what it was while the vault answers %i", async (status) => {
    await world.addFault({ vault: VAULT }, { kind: "status", status });
    expect(await lookAgain()).toEqual({ state: "healthy" });
    expect((await readHealth(store, ORDER))?.inconclusive?.code).toMatch(/^KeyVault/);
  });

  it("is unusable once the key is deleted, with the date until which it can be recovered", async () => {
    await world.deleteKey(VAULT, "kek");
    expect(await lookAgain()).toMatchObject({
      code: "SsemUserErrorKeyDetailsNotFound",
      reason: "key-deleted-recoverable",
      facts: { scheduledPurgeDate: expect.stringMatching(/^\d{4}-/) },
    });
  });
});
