// @module-tag one-engine

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { AttachedIdentity, KeyChoice } from "../../src/core/order.ts";
import type { KeySubject } from "../../src/core/ports.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import type { KeyCustody } from "../../src/custody/key-custody.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ACTOR,
  envelopeOf,
  insertOrder,
  MMK,
  ORDER,
  releaseTo,
  SERIALS,
  subject,
  unlockWith,
} from "../custody/custody-world.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { custodyDependencies } from "../world/custody-dependencies.ts";
import { expectOk } from "../world/expect-ok.ts";
import { type EmulatorWorld, startEmulatorWorld } from "./emulator-world.ts";

let world: EmulatorWorld;
let store: Store;
let custody: KeyCustody;
let identity: AttachedIdentity;
let of: KeySubject;
let kid: string;
let vaultId: string;
let choice: KeyChoice;

beforeAll(async () => {
  world = await startEmulatorWorld();
  store = await openTestStore(":memory:");
  await world.addVault("kv-service", world.brokerPrincipalId);
  await world.addKey("kv-service", "mmk");
  const { location, tenantId, storageAccountId, vaultSuffix } = world.emulator;
  identity = expectOk(await world.azure.identities.createSystemAssigned(ORDER, location, 1));
  vaultId = await world.addVault("kv-customer", identity.principalId);
  kid = await world.addKey("kv-customer", "kek");
  of = { ...subject([identity]), tenantId, location, storageAccountIds: [storageAccountId] };
  choice = {
    kekType: "CustomerManaged",
    kekUrl: `https://kv-customer.${vaultSuffix}/keys/kek`,
    kekVaultResourceId: vaultId,
    identity: { type: "SystemAssigned" },
  };
  custody = createKeyCustody(
    custodyDependencies({
      vaults: world.azure.vaults,
      resources: world.azure.resources,
      store,
      now: Date.now,
      serviceKey: world.keyUrl("kv-service", "mmk"),
      keyVaultSuffixes: [vaultSuffix],
    }),
  );
});
afterAll(async () => {
  await store.destroy();
  await world.close();
});

/** One order's life, in steps that follow each other. */
describe("custody through the real SDKs", () => {
  let passkey: string;

  it("prepares an order under the service's own key", async () => {
    expectOk(await custody.change(of, MMK, ACTOR, insertOrder([identity])));
    expectOk(await custody.generate(ORDER, SERIALS));
    passkey = await unlockWith(custody, "DBX-1");
    expect(await unlockWith(custody, "DBX-2")).toBe(passkey);
  });

  it("checks the customer's key and moves to it", async () => {
    const { checks, outcome } = await custody.validate(of, choice);
    expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(outcome).toEqual({ ok: true, value: { kid } });
    expectOk(await custody.change(of, choice, ACTOR));
    expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
  });

  it("refuses while the key is disabled, and not after", async () => {
    await world.update(kid, { enabled: false });
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: {
        code: "SsemUserErrorEncryptionKeyDisabled",
        facts: { keyName: "kek", vaultName: "kv-customer" },
      },
    });
    await world.update(kid, { enabled: true });
    expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
  });

  it("refuses while the access is revoked, and not after", async () => {
    await world.grant("kv-customer", identity.principalId, []);
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: { code: "SsemUserErrorKeyVaultBadRequestException", reason: "access-policy" },
    });
    await world.grant("kv-customer", identity.principalId, ["get", "wrapKey", "unwrapKey"]);
    expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
  });

  it("follows a rotation", async () => {
    const rotated = await world.rotate("kv-customer", "kek");
    expectOk(await custody.change(of, choice, ACTOR));
    await world.update(kid, { enabled: false });
    expect(await unlockWith(custody, "DBX-2")).toBe(passkey);
    expect((await envelopeOf(custody, "DBX-2"))?.kid).toBe(rotated);
  });

  it("tells a deleted key with the date until which it can be recovered", async () => {
    await world.deleteKey("kv-customer", "kek");
    const released = await releaseTo(custody, "DBX-1");
    expect(released).toMatchObject({ failure: { reason: "key-deleted-recoverable" } });
    expect(released.ok ? "" : released.failure.facts?.["scheduledPurgeDate"]).toMatch(/^20\d\d-/);
  });

  it("tells a deleted vault by Resource Manager's word", async () => {
    await world.deleteVault("kv-customer");
    expect(await releaseTo(custody, "DBX-1")).toMatchObject({
      failure: {
        code: "SsemUserErrorKeyVaultDetailsNotFound",
        reason: "vault-deleted-recoverable",
      },
    });
  });
});
