import { join } from "node:path";

import { openEnvelope, parseEnvelope } from "@databox-cmk/crypto";
import { openTemporaryFolder } from "@databox-cmk/testkit";

import {
  type AttachedIdentity,
  type KeyChoice,
  type OrderId,
  orderIdOf,
} from "../../src/core/order.ts";
import type { Actor, KeySubject, KeyVaults, Outcome } from "../../src/core/ports.ts";
import { commitRekey } from "../../src/custody/commit-rekey.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import type { AlsoCommit, KeyCustody } from "../../src/custody/key-custody.ts";
import type { NodeEnvelope } from "../../src/custody/node-envelope.ts";
import type { Released } from "../../src/custody/release-content-key.ts";
import type { Store } from "../../src/store/store.ts";
import {
  BROKER_PRINCIPAL,
  createFakeKeyVaults,
  type FakeKeyVaults,
  fakeVaultId,
} from "../azure/fake-key-vaults.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { custodyDependencies, SERVICE_KEY } from "../world/custody-dependencies.ts";
import { expectOk } from "../world/expect-ok.ts";
import { orderRow } from "../world/order-row.ts";

const NAME = { subscriptionId: "s", resourceGroup: "g", name: "order-1" };
export const ORDER = orderIdOf(NAME);
export const SERIALS = ["DBX-1", "DBX-2"] as const;
export const ACTOR: Actor = { kind: "caller", objectId: "o", name: "admin", address: "127.0.0.1" };
export const NOW_MS = Date.UTC(2026, 10, 25);
export const SYSTEM: AttachedIdentity = {
  kind: "system",
  resourceId:
    "/subscriptions/s/resourcegroups/b/providers/microsoft.managedidentity/userassignedidentities/dbx-1",
  tenantId: "tenant",
  clientId: "client-1",
  principalId: "principal-1",
};
export const MMK: KeyChoice = { kekType: "MicrosoftManaged" };

export function customerKey(vault: string, key = "kek", version?: string): KeyChoice {
  return {
    kekType: "CustomerManaged",
    kekUrl: `https://${vault}.vault.test/keys/${key}${version === undefined ? "" : `/${version}`}`,
    kekVaultResourceId: fakeVaultId(vault),
    identity: { type: "SystemAssigned" },
  };
}

export function subject(identities: readonly AttachedIdentity[] = [SYSTEM]): KeySubject {
  return {
    order: ORDER,
    tenantId: "tenant",
    location: "westus",
    identities,
    storageAccountIds: [
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
    ],
  };
}

export type CustodyWorld = Disposable & {
  readonly clock: { nowMs: number };
  readonly vaults: FakeKeyVaults;
  readonly path: string;
  /** Kids of kv-one/kek and kv-two/kek, both granted to principal-1. */
  readonly kids: { readonly one: string; readonly two: string; readonly service: string };
  custody(store: Store, vaults?: KeyVaults): KeyCustody;
  /** @returns false when the proposal was overtaken or is in force already */
  confirmRekey(store: Store, serial: string, rekey: string): Promise<boolean>;
};

/** Two vaults of the customer's, one of the service's, and an empty database file. */
export function createCustodyWorld(): CustodyWorld {
  const clock = { nowMs: NOW_MS };
  const vaults = createFakeKeyVaults({ now: () => clock.nowMs });
  const folder = openTemporaryFolder();
  for (const name of [SERVICE_KEY.vaultName, "kv-one", "kv-two"]) vaults.addVault(name);
  const service = vaults.addKey(SERVICE_KEY.vaultName, SERVICE_KEY.keyName);
  const one = vaults.addKey("kv-one", "kek");
  const two = vaults.addKey("kv-two", "kek");
  vaults.grant(SERVICE_KEY.vaultName, BROKER_PRINCIPAL);
  vaults.grant("kv-one", SYSTEM.principalId);
  vaults.grant("kv-two", SYSTEM.principalId);
  const now = () => clock.nowMs;
  return {
    clock,
    vaults,
    path: join(folder.path, "broker.sqlite"),
    kids: { one, two, service },
    custody: (store, port = vaults.port) =>
      createKeyCustody(
        custodyDependencies({ store, vaults: port, resources: vaults.resources, now }),
      ),
    confirmRekey: (store, serial, rekey) =>
      commitRekey(
        { store, now },
        {
          order: ORDER,
          serial,
          rekey,
          custodyIn: () => Promise.resolve("escrow"),
          alsoCommit: () => Promise.resolve(),
        },
      ),
    [Symbol.dispose]: () => {
      folder[Symbol.dispose]();
    },
  };
}

/** A place where so many must arrive before anybody goes on; who comes later passes. */
export function meetingOf(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let arrived = 0;
  return async () => {
    arrived += 1;
    if (arrived === count) resolve(undefined);
    await promise;
  };
}

/** The control plane's writes that are committed together with a new order's key. */
export function insertOrder(identities: readonly AttachedIdentity[] = [SYSTEM]): AlsoCommit {
  return async (transaction) => {
    await transaction
      .insertInto("orders")
      .values(
        orderRow(NAME, NOW_MS, {
          sku: "DataBoxHeavy",
          stage: "DeviceOrdered",
          identity_epoch: 1,
          created_by: "admin",
        }),
      )
      .execute();
    if (identities.length > 0) await replaceIdentities(identities)(transaction);
  };
}

export function replaceIdentities(identities: readonly AttachedIdentity[]): AlsoCommit {
  return async (transaction) => {
    await transaction.deleteFrom("order_identities").where("order_id", "=", ORDER).execute();
    for (const { kind, resourceId, tenantId, clientId, principalId } of identities)
      await transaction
        .insertInto("order_identities")
        .values({
          order_id: ORDER,
          kind,
          resource_id: resourceId,
          tenant_id: tenantId,
          client_id: clientId,
          principal_id: principalId,
          epoch: 1,
        })
        .execute();
  };
}

/** An order whose two nodes are prepared under the given key, in the world's database file. */
export async function prepareOrder(world: CustodyWorld, choice: KeyChoice): Promise<void> {
  const store = await openTestStore(world.path);
  const custody = world.custody(store);
  expectOk(await custody.change(subject(), choice, ACTOR, insertOrder()));
  expectOk(await custody.generate(ORDER, SERIALS));
  await store.destroy();
}

/** A node's current envelope; undefined before preparation and after erasure. */
export async function envelopeOf(
  custody: Pick<KeyCustody, "hold">,
  serial: string,
  order: OrderId = ORDER,
): Promise<NodeEnvelope | undefined> {
  const held = await custody.hold(order, serial);
  return held.ok ? held.value.envelope : undefined;
}

/** Releases a node's content key, and the passkey that it opens, as an appliance does it. */
export async function releaseTo(
  custody: Pick<KeyCustody, "hold">,
  serial: string,
  order: OrderId = ORDER,
): Promise<Outcome<Released<string>>> {
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const { env, jwe } = held.value.envelope;
  return held.value.release(async (contentKey) => {
    const context = { env, ord: order, dev: serial };
    return new TextDecoder().decode(await openEnvelope(parseEnvelope(jwe), contentKey, context));
  });
}

/** @returns the passkey */
export async function unlockWith(custody: KeyCustody, serial: string): Promise<string> {
  return expectOk(await releaseTo(custody, serial)).result;
}
