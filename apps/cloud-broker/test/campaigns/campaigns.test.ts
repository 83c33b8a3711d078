import { campaignOrderList, campaignView } from "@databox-cmk/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { partOf, partWork } from "../../src/key-life/campaigns/parts.ts";
import { currentPriority } from "../../src/load/priority.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { API, GROUP, jobPath, minimalJob, SUBSCRIPTION, userIdentity } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const CAMPAIGNS = "/operator/v1/campaigns";
const OPERATOR = { roles: ["DataBox.Operator"] };
const JOBS = ["order-1", "order-2", "order-3"] as const;
const UNPREPARED = "unprepared-order";
const SECOND_VAULT = {
  kekUrl: "https://kv-two.vault.test/keys/key2",
  kekVaultResourceID: fakeVaultId("kv-two"),
};
let world: BrokerWorld;
let devices: Awaited<ReturnType<BrokerWorld["delivered"]>>[];
beforeAll(async () => {
  world = await openBroker();
  devices = [];
  for (const job of JOBS) devices.push(await world.delivered(job));
  const path = `${jobPath(UNPREPARED)}?${API}`;
  await world.call("PUT", path, { body: minimalJob() });
  await world.call("PATCH", path, { body: { identity: { type: "SystemAssigned" } } });
  const keyEncryptionKey = { ...CUSTOMER_KEY, identityProperties: { type: "SystemAssigned" } };
  await world.call("PATCH", path, { body: { properties: { details: { keyEncryptionKey } } } });
  world.vaults.addVault("kv-two", { tenantId: TENANT_ID });
  world.vaults.addKey("kv-two", "key2");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.clock.nowMs += 60_000;
  for (const vault of [VAULT_NAME, "kv-two"]) world.vaults.setOutage(vault, undefined);
});

const operate = async (method: string, path: string, body?: object, status = 200) => {
  const answer = await world.call(method, `${CAMPAIGNS}${path}`, {
    claims: OPERATOR,
    ...(body === undefined ? {} : { body }),
  });
  expect([answer.status, answer.json?.error]).toEqual([status, answer.json?.error]);
  return answer.json;
};
const start = async (request: object) => {
  const campaign = await operate("POST", "", request, 201);
  return exactly(campaignView, campaign).id;
};
const read = (id: string) => operate("GET", `/${id}`);
const ordersOf = async (id: string, state = "") => {
  const list = await operate("GET", `/${id}/orders?state=${state}`);
  return exactly(campaignOrderList, list).value;
};
const idOf = (job: string) => jobPath(job).toLowerCase();
const kids = async () => {
  const rows = await world
    .store()
    .selectFrom("node_keys")
    .select(["order_id", "kid"])
    .orderBy("order_id")
    .execute();
  return rows.map(({ kid }) => kid);
};
const expectAllUnlock = async () => {
  for (const device of devices) expect((await device.unlock("unlock")).contentKey).toHaveLength(32);
};

describe("a campaign", () => {
  // Evidence: Campaigns.
  test("rotates every order of a key to its newest version, and each still unlocks with the old one disabled", async () => {
    const [before = ""] = await kids();
    const newest = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    const id = await start({
      action: { kind: "rotate" },
      selector: { keyUrl: world.kid },
      description: "yearly",
    });
    expect(await read(id)).toMatchObject({
      state: "Running",
      createdBy: expect.any(String),
      progress: { total: 4, waiting: 4 },
    });
    expect(await world.broker().runCampaigns()).toBe(4);
    expect(await read(id)).toMatchObject({
      state: "Done",
      progress: { total: 4, done: 4, failed: 0, failedByCode: [] },
    });
    expect(new Set(await kids())).toEqual(new Set([newest]));
    world.vaults.setEnabled(before, false);
    await expectAllUnlock();
    world.vaults.setEnabled(before, true);
  });

  test("leaves its rows in each order's chain, under its own id and in the name of who started it", async () => {
    const id = await start({ action: { kind: "rotate" }, selector: { orders: [idOf("order-1")] } });
    await world.broker().runCampaigns();
    const { json } = await world.call("GET", `${jobPath("order-1")}/activity?${API}`);
    expect(json.value.at(-1).row).toMatchObject({
      action: "key/change",
      outcome: "done",
      correlationId: id,
      actor: { kind: "caller" },
    });
    const own = await world.audit("broker");
    const actions = own
      .filter(({ correlationId }) => correlationId === id)
      .map(({ action }) => action);
    expect(actions).toEqual(["campaign/start", "campaign/finish"]);
  });

  // Evidence: Campaign progress.
  test("that moves to a key that an order may not use fails for that order with its code and steps, and the old key stays", async () => {
    const before = await kids();
    const id = await start({
      action: { kind: "move", to: SECOND_VAULT },
      selector: { subscriptionId: SUBSCRIPTION, resourceGroup: GROUP },
    });
    await world.broker().runCampaigns();
    const { progress } = await read(id);
    expect(progress).toMatchObject({
      failed: 4,
      failedByCode: [{ code: "SsemUserErrorKeyVaultBadRequestException", count: 4 }],
    });
    const [failed] = await ordersOf(id, "Failed");
    expect(failed).toMatchObject({
      order: idOf("order-1"),
      state: "Failed",
      error: { code: "SsemUserErrorKeyVaultBadRequestException" },
    });
    expect(failed?.error?.additionalInfo[0]).toHaveProperty(
      "info.steps.0.command",
      expect.stringContaining("kv-two"),
    );
    expect(await kids()).toEqual(before);
    await expectAllUnlock();
  });

  test("dry, says the same and changes nothing, not even where it would succeed", async () => {
    const before = await kids();
    const rows = () =>
      world.store().selectFrom("audit").select("chain").where("chain", "!=", "broker").execute();
    const audited = (await rows()).length;
    const selector = { orders: JOBS.map(idOf) };
    const would = await start({ action: { kind: "rotate" }, selector, dryRun: true });
    const wouldNot = await start({
      action: { kind: "move", to: SECOND_VAULT },
      selector,
      dryRun: true,
    });
    world.vaults.rotate(VAULT_NAME, KEY_NAME);
    await world.broker().runCampaigns();
    expect((await read(would)).progress).toMatchObject({ done: 3, failed: 0 });
    expect((await read(wouldNot)).progress).toMatchObject({ done: 0, failed: 3 });
    expect(await kids()).toEqual(before);
    expect(await rows()).toHaveLength(audited);
  });

  // Evidence: Campaigns.
  test("moves to another vault with another identity, which it attaches", async () => {
    const identity = userIdentity("fleet-identity");
    const principals: string[] = [];
    const attached = world.identities.attachUserAssigned.bind(world.identities);
    world.identities.attachUserAssigned = async (order, resourceId) => {
      const outcome = await attached(order, resourceId);
      if (outcome.ok) {
        principals.push(outcome.value.principalId);
        world.vaults.grant("kv-two", outcome.value.principalId);
      }
      return outcome;
    };
    const id = await start({
      action: {
        kind: "move",
        to: {
          ...SECOND_VAULT,
          identityProperties: { type: "UserAssigned", userAssigned: { resourceId: identity } },
        },
      },
      selector: { orders: [idOf("order-3")] },
    });
    await world.broker().runCampaigns();
    expect((await read(id)).progress).toMatchObject({ done: 1, failed: 0 });
    expect(principals).toHaveLength(1);
    world.identities.attachUserAssigned = attached;
    await expectAllUnlock();
    const { json } = await world.call("GET", `${jobPath("order-3")}?${API}&$expand=details`);
    expect(json.properties.details.keyEncryptionKey).toMatchObject({
      kekUrl: SECOND_VAULT.kekUrl,
      identityProperties: { type: "UserAssigned" },
    });
  });

  test("takes an order with a version of its own to the newest version", async () => {
    const [first = ""] = await kids();
    const pin = { properties: { details: { keyEncryptionKey: { kekUrl: first } } } };
    expect((await world.call("PATCH", `${jobPath("order-1")}?${API}`, { body: pin })).status).toBe(
      202,
    );
    const newest = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    const id = await start({ action: { kind: "rotate" }, selector: { orders: [idOf("order-1")] } });
    await world.broker().runCampaigns();
    expect((await read(id)).progress).toMatchObject({ done: 1 });
    const { json } = await world.call("GET", `${jobPath("order-1")}?${API}&$expand=details`);
    expect(json.properties.details.keyEncryptionKey.kekUrl).toBe(newest);
    await expectAllUnlock();
  });
});

// Evidence: Unlocks before re-wraps.
test("a campaign's calls of the vault wait behind unlocks, and those of a change by hand do not", async () => {
  const priorities: string[] = [];
  world.aroundUnwrap = (unwrap) => {
    priorities.push(currentPriority());
    return unwrap();
  };
  try {
    world.vaults.rotate(VAULT_NAME, KEY_NAME);
    await start({ action: { kind: "rotate" }, selector: { orders: [idOf("order-1")] } });
    await world.broker().runCampaigns();
    expect(new Set(priorities)).toEqual(new Set(["re-wrap"]));
    priorities.length = 0;
    expect((await devices[0]?.unlock("unlock"))?.contentKey).toHaveLength(32);
    expect(new Set(priorities)).toEqual(new Set(["unlock"]));
  } finally {
    world.aroundUnwrap = undefined;
  }
});

// Evidence: Campaign progress.
test("a campaign that waits for a vault tells how fast it is and how long it takes", async () => {
  // order-3 is in the other vault since it was moved there.
  world.vaults.setOutage("kv-two", { code: "KeyVaultUnreachable", reason: "timeout" });
  const id = await start({
    action: { kind: "rotate" },
    selector: { orders: JOBS.map(idOf) },
  });
  await world.broker().runCampaigns();
  world.clock.nowMs += 4000;
  expect(await read(id)).toMatchObject({
    state: "Running",
    progress: { total: 3, done: 2, waiting: 1 },
    estimate: { ordersPerSecond: 0.5, secondsLeft: 2 },
  });
  world.vaults.setOutage("kv-two", undefined);
  world.clock.nowMs += 10_000;
  await world.broker().runCampaigns();
  const done = await read(id);
  expect(done).toMatchObject({ state: "Done", progress: { done: 3 } });
  expect(done).not.toHaveProperty("estimate");
});

describe("a campaign continues", () => {
  // Evidence: A 429 taken for a refusal.
  test("when the vault answers again: an outage fails no order", async () => {
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
    const id = await start({ action: { kind: "rotate" }, selector: { orders: [idOf("order-2")] } });
    await world.broker().runCampaigns();
    expect(await read(id)).toMatchObject({ state: "Running", progress: { waiting: 1, failed: 0 } });
    expect((await ordersOf(id))[0]).toMatchObject({
      state: "Waiting",
      attempts: 1,
      error: { code: "KeyVaultUnreachable" },
    });
    world.vaults.setOutage(VAULT_NAME, undefined);
    expect(await world.broker().runCampaigns()).toBe(0); // not yet due
    world.clock.nowMs += 10_000;
    await world.broker().runCampaigns();
    expect(await read(id)).toMatchObject({ state: "Done", progress: { done: 1 } });
  });

  test("after a pause and a restart, and not after it was cancelled", async () => {
    const selector = { orders: [idOf("order-1"), idOf("order-2")] };
    const paused = await start({ action: { kind: "rotate" }, selector });
    expect(await operate("POST", `/${paused}/pause`)).toMatchObject({ state: "Paused" });
    expect(await world.broker().runCampaigns()).toBe(0);
    await world.restart();
    for (const device of devices) device.use(world.transport());
    expect(await operate("POST", `/${paused}/resume`)).toMatchObject({ state: "Running" });
    expect(await world.broker().runCampaigns()).toBe(2);
    const cancelled = await start({ action: { kind: "rotate" }, selector });
    expect(await operate("POST", `/${cancelled}/cancel`)).toMatchObject({ state: "Cancelled" });
    expect(await world.broker().runCampaigns()).toBe(0);
    await operate("POST", `/${cancelled}/resume`, undefined, 412);
    await operate("POST", `/${paused}/pause`, undefined, 412);
  });

  // Evidence: Campaigns.
  test("on one replica for each vault, and on another one when that has died", async () => {
    const claim = (name: string) =>
      world
        .store()
        .insertInto("claims")
        .values({ name, owner: "another", until_ms: world.clock.nowMs + 30_000 })
        .execute();
    // order-3 is in the other vault since it was moved there.
    const selector = { orders: [idOf("order-1"), idOf("order-3")] };
    const id = await start({ action: { kind: "rotate" }, selector });
    await claim(partWork(partOf(CUSTOMER_KEY.kekUrl)));
    expect(await world.broker().runCampaigns()).toBe(1);
    expect(await ordersOf(id, "Waiting")).toMatchObject([{ order: idOf("order-1") }]);
    expect(await world.broker().runCampaigns()).toBe(0);
    world.clock.nowMs += 30_001;
    // A replica of the former program runs all of them.
    await claim("campaigns");
    expect(await world.broker().runCampaigns()).toBe(0);
    world.clock.nowMs += 30_001;
    expect(await world.broker().runCampaigns()).toBe(1);
    expect(await read(id)).toMatchObject({ state: "Done" });
  });

  test("past an order whose step breaks, which is tried again", async () => {
    const selector = { orders: [idOf("order-1"), idOf("order-2")] };
    const id = await start({ action: { kind: "rotate" }, selector });
    world.vaults.rotate(VAULT_NAME, KEY_NAME);
    let calls = 0;
    world.aroundUnwrap = (unwrap) => {
      calls += 1;
      if (calls === 1) throw new TypeError("a bug");
      return unwrap();
    };
    try {
      await expect(world.broker().runCampaigns()).rejects.toThrow("a bug");
    } finally {
      world.aroundUnwrap = undefined;
    }
    expect(await read(id)).toMatchObject({ state: "Running", progress: { done: 1, waiting: 1 } });
    expect(await world.broker().runCampaigns()).toBe(1);
    expect(await read(id)).toMatchObject({ state: "Done", progress: { done: 2 } });
  });
});

describe("a campaign is refused", () => {
  test.each([
    ["without a selector", { action: { kind: "rotate" }, selector: {} }, "selector"],
    [
      "that selects nothing",
      {
        action: { kind: "rotate" },
        selector: { keyUrl: SECOND_VAULT.kekUrl, resourceGroup: "none" },
      },
      "selector",
    ],
    [
      "with a key on a foreign host",
      {
        action: { kind: "move", to: { kekUrl: "https://evil.example/keys/k" } },
        selector: { subscriptionId: SUBSCRIPTION },
      },
      "properties.details.keyEncryptionKey.kekUrl",
    ],
    [
      "that moves nowhere",
      { action: { kind: "move", to: {} }, selector: { subscriptionId: SUBSCRIPTION } },
      "action.to",
    ],
    [
      "with something other than an order",
      { action: { kind: "rotate" }, selector: { orders: ["order-1"] } },
      "selector.orders.0",
    ],
    [
      "with an unknown member",
      { action: { kind: "rotate" }, selector: { subscriptionId: SUBSCRIPTION }, force: true },
      "body",
    ],
  ])("%s", async (_case, body, target) => {
    const { error } = await operate("POST", "", body, 400);
    expect(error.target).toBe(target);
  });

  test("to a caller who is not an operator", async () => {
    for (const path of ["", "/1", "/1/orders"])
      expect((await world.call("GET", `${CAMPAIGNS}${path}`)).status).toBe(403);
  });

  test("when it is unknown", async () => {
    const { error } = await operate("GET", "/00000000-0000-4000-8000-000000000000", undefined, 404);
    expect(error.code).toBe("ResourceNotFound");
  });

  test("in its list for an order that is gone, while the others go on", async () => {
    const id = await start({
      action: { kind: "rotate" },
      selector: { orders: [idOf("order-1"), idOf("no-such-order")] },
    });
    await world.broker().runCampaigns();
    expect((await read(id)).progress).toMatchObject({
      done: 1,
      failedByCode: [{ code: "ResourceNotFound", count: 1 }],
    });
  });
});

test("the list of campaigns comes newest first, page by page", async () => {
  for (let count = 0; count < 45; count += 1)
    await start({
      action: { kind: "rotate" },
      selector: { orders: [idOf("order-1")] },
      dryRun: true,
    });
  const first = await operate("GET", "");
  expect(first.value).toHaveLength(50);
  const { json: second } = await world.call("GET", first.nextLink, { claims: OPERATOR });
  const ids = [...first.value, ...second.value].map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(second.nextLink).toBeUndefined();
  for (const list of ["", `/${String(ids[0])}/orders`]) {
    const { error } = await operate("GET", `${list}?$skipToken=!`, undefined, 400);
    expect(error.target).toBe("$skipToken");
  }
});

test("a campaign rotates the orders under the service's own key, by that key's address", async () => {
  const order = "service-order";
  const path = jobPath(order);
  expect((await world.call("PUT", `${path}?${API}`, { body: minimalJob() })).status).toBe(202);
  expect((await world.operator("prepare", order)).status).toBe(200);
  const newest = world.vaults.rotate("kv-service", "mmk");
  const id = await start({
    action: { kind: "rotate" },
    selector: { keyUrl: "https://kv-service.vault.test/keys/mmk" },
  });
  await world.broker().runCampaigns();
  expect(await read(id)).toMatchObject({ state: "Done", progress: { total: 1, done: 1 } });
  const held = await world
    .store()
    .selectFrom("node_keys")
    .select("kid")
    .where("order_id", "=", foldOrderId(path))
    .execute();
  expect(held).toEqual([{ kid: newest }]);
});
