import { randomUUID } from "node:crypto";

import { generateSigningKey } from "@databox-cmk/crypto";
import { type JobWrite, jobPatch, jobWrite } from "@databox-cmk/protocol";
import type { KyselyPlugin, RootOperationNode } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { orderIdOf } from "../../src/core/order.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import { haltCopy } from "../../src/orders/copy-data.ts";
import { createOrder } from "../../src/orders/create-order.ts";
import { cancelOrder, deleteOrder } from "../../src/orders/end-order.ts";
import { keepNodeCertificate, eraseOrder } from "../../src/orders/erasure.ts";
import { moveOrder } from "../../src/orders/move-order.ts";
import { prepareOrder } from "../../src/orders/prepare-order.ts";
import { readOrder } from "../../src/orders/read-order.ts";
import { realiseIdentities, sweepIdentities } from "../../src/orders/realise-identities.ts";
import { patchOrder } from "../../src/orders/update-order.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { createControlPlane } from "../world/control-plane.ts";
import { createCustomerVault, CUSTOMER_KEY, VAULT_NAME } from "../world/customer-vault.ts";
import { createFakeIdentities, type FakeIdentities } from "../world/fake-identities.ts";
import { GROUP, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";

const NAME = { subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, name: "order1" };
const ID = orderIdOf(NAME);
const WRITES: ReadonlySet<RootOperationNode["kind"]> = new Set([
  "InsertQueryNode",
  "UpdateQueryNode",
  "DeleteQueryNode",
]);

/** Stops at the n-th write, as a killed process does: uncommitted writes are lost. */
function killer(): KyselyPlugin & { arm(at: number): void; readonly writes: number } {
  let left = Number.POSITIVE_INFINITY;
  let writes = 0;
  return {
    get writes() {
      return writes;
    },
    arm(at) {
      left = at;
      writes = 0;
    },
    transformQuery({ node }) {
      if (WRITES.has(node.kind)) {
        writes += 1;
        if (writes > left) throw new Error("killed");
      }
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

let nowMs = 1_767_000_000_000;
const now = (): number => nowMs;
let store: Store;
let identities: FakeIdentities;
let deps: ControlPlane;
let kill: ReturnType<typeof killer>;
beforeEach(async () => {
  kill = killer();
  const opened = await openTestStore(":memory:");
  store = opened.withPlugin(kill);
  const customer = createCustomerVault(now);
  identities = createFakeIdentities((principalId) => {
    customer.vaults.grant(VAULT_NAME, principalId);
  });
  deps = createControlPlane({ store, identities, now, vaults: customer.vaults });
});
afterEach(() => store.destroy());

const context = {
  actor: { kind: "caller", objectId: randomUUID(), name: "a", address: "" },
  by: "a",
  correlationId: "c",
} as const;
const written = (change: object = {}): JobWrite => jobWrite.parse({ ...minimalJob(), ...change });
const create = (change: object = {}): Promise<string> =>
  createOrder(deps, NAME, written(change), "ImportToAzure", context);
const withOwnPassword = {
  identity: { type: "SystemAssigned" },
  properties: {
    ...minimalJob().properties,
    details: { ...minimalJob().properties.details, devicePassword: "My-Passkey#23456789" },
  },
};
const patchToCustomersKey = (): ReturnType<typeof patchOrder> =>
  patchOrder(
    deps,
    NAME,
    jobPatch.parse({
      tags: { changed: "yes" },
      identity: { type: "SystemAssigned" },
      properties: {
        details: {
          keyEncryptionKey: CUSTOMER_KEY,
        },
      },
    }),
    undefined,
    context,
  );

/** Every table's rows but those that note what must be cleaned up. */
async function snapshot(): Promise<string> {
  const tables = [
    "orders",
    "order_stages",
    "order_identities",
    "order_keys",
    "own_passkeys",
    "nodes",
    "envelopes",
    "audit",
    "operations",
    "sanitisations",
  ] as const;
  const rows = await Promise.all(
    tables.map((table) => store.selectFrom(table).selectAll().execute()),
  );
  return JSON.stringify(rows);
}

const SERIAL = "CRASH-N1";
async function createEnded(): Promise<void> {
  await create();
  await prepareOrder(deps, NAME, [SERIAL], context);
  await moveOrder(deps, NAME, { kind: "fail", outcome: "Aborted" }, context);
}
const erase = (): Promise<void> => eraseOrder(deps, NAME, context);

type Write = { readonly before: () => Promise<unknown>; readonly run: () => Promise<unknown> };
const CASES: Readonly<Record<string, Write>> = {
  create: { before: () => Promise.resolve(), run: () => create(withOwnPassword) },
  "PATCH of key, identity and tags": { before: () => create(), run: patchToCustomersKey },
  prepare: {
    before: () => create(),
    run: () => prepareOrder(deps, NAME, undefined, context),
  },
  cancel: {
    before: () => create(withOwnPassword),
    run: () => cancelOrder(deps, NAME, "x", context),
  },
  delete: {
    before: async () => {
      await create(withOwnPassword);
      await cancelOrder(deps, NAME, "x", context);
    },
    run: () => deleteOrder(deps, NAME, context),
  },
  "the halt of a copy": {
    before: async () => {
      await create();
      const copying = { stage: "DataCopy", stage_status: "InProgress" } as const;
      await store.updateTable("orders").set(copying).execute();
    },
    run: () => {
      const failure = { code: "SsemUserErrorEncryptionKeyDisabled" } as const;
      return haltCopy(deps, ID, { serial: SERIAL, failure }, "c");
    },
  },
  erase: { before: createEnded, run: erase },
  "the certificate of a node of an erased order": {
    before: async () => {
      await createEnded();
      await erase();
    },
    run: async () =>
      keepNodeCertificate(deps, {
        order: ID,
        serial: SERIAL,
        certificate: "e30.e30.e30",
        publicKey: generateSigningKey().key.publicJwk,
        counter: 1,
        audit: { actor: context.actor, correlationId: "c" },
      }),
  },
};

describe("killed at any write", () => {
  test.each(Object.entries(CASES))(
    "%s is done as a whole or not at all, and works when it is repeated",
    async (_name, { before, run }) => {
      await before();
      const untouched = await snapshot();
      let at = 0;
      for (; at < 100; at += 1) {
        nowMs += 1;
        kill.arm(at);
        const outcome = await run().then(
          () => "done",
          () => "killed",
        );
        kill.arm(Number.POSITIVE_INFINITY);
        const after = await snapshot();
        // Only the last write of all, the forgetting of a note, comes after the commit.
        if (outcome === "done" || after !== untouched) break;
      }
      expect(at).toBeGreaterThan(2);
      expect(await snapshot()).not.toBe(untouched);
      nowMs += 3_600_000;
      await sweepIdentities(deps);
      const order = await readOrder(store, ID);
      const attached = (order?.identities ?? []).map((identity) => identity.principalId);
      const existing = [...identities.system.values()].map((identity) => identity.principalId);
      expect(existing.toSorted()).toEqual(attached.toSorted());
      expect(await store.selectFrom("identity_cleanups").selectAll().execute()).toEqual([]);
    },
  );
});

test("an identity that Resource Manager does not delete now is deleted by a later sweep", async () => {
  await create({ identity: { type: "SystemAssigned" } });
  identities.outage = { code: "ResourceManagerUnreachable" };
  await patchOrder(deps, NAME, jobPatch.parse({ identity: { type: "None" } }), undefined, context);
  expect(identities.system.size).toBe(1);
  identities.outage = undefined;
  nowMs += 3_600_000;
  await sweepIdentities(deps);
  expect(identities.system.size).toBe(0);
});

test("of two creates at once, one is refused as ResourceAlreadyExists", async () => {
  const outcomes = await Promise.allSettled([create(), create()]);
  expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({
    code: "ResourceAlreadyExists",
  });
});

test("of two creates in one millisecond, the refused one leaves the other its identity", async () => {
  const identity = { identity: { type: "SystemAssigned" } };
  await Promise.allSettled([create(identity), create(identity)]);
  const order = await readOrder(store, ID);
  expect(order?.identities).toHaveLength(1);
  expect([...identities.system.values()]).toEqual(order?.identities);
  expect(await store.selectFrom("identity_cleanups").selectAll().execute()).toEqual([]);
});

test("a create that began before another one's commit takes no epoch that is in use", async () => {
  await create({ identity: { type: "SystemAssigned" } });
  const plan = { keep: [], refresh: [], attach: [], remove: [], createSystemAssigned: true };
  const late = { id: ID, location: "westeurope", identityEpoch: 0 };
  const realised = await realiseIdentities(deps, late, plan, {});
  expect(identities.system.size).toBe(2);
  await realised.abandon();
  const order = await readOrder(store, ID);
  expect([...identities.system.values()]).toEqual(order?.identities);
  expect(await store.selectFrom("identity_cleanups").selectAll().execute()).toEqual([]);
});
