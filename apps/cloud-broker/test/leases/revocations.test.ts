import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, LeaseClient, RekeyClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { wrapNextTransaction } from "../world/wrap-next-transaction.ts";

const JOB = "switched";
const OPERATOR = { roles: ["DataBox.Operator"] };
let world: BrokerWorld;
let device: DeviceClient;
let holder: LeaseClient;
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
  holder = await LeaseClient.unlock(device);
});
afterEach(() => world[Symbol.asyncDispose]());

const operate = (action: "revoke" | "restoreAccess", body: object) =>
  world.call("POST", `/operator/v1/${action}`, { body, claims: OPERATOR });
const listAll = () => world.call("GET", "/operator/v1/revocations", { claims: OPERATOR });
const listOrder = () => world.call("GET", `${jobPath(JOB)}/revocations?${API}`);
const subscriptionId = jobPath(JOB).split("/")[2] ?? "";

const budget = (method: string, body?: object) =>
  world.call(method, `${jobPath(JOB)}/unlockBudget?${API}`, body === undefined ? {} : { body });

describe("revoke now by the operator", () => {
  test.each<readonly [string, () => object]>([
    ["one node", () => ({ kind: "node", order: jobPath(JOB), serial: device.serial })],
    ["one order", () => ({ kind: "order", order: jobPath(JOB) })],
    ["one customer", () => ({ kind: "subscription", subscriptionId })],
    ["the fleet", () => ({ kind: "fleet" })],
  ])(
    // Evidence: Revoke now.
    "of %s closes what is open, refuses what is new, and is the operator's to lift",
    async (_name, of) => {
      const scope = of();
      expect(await operate("revoke", { reason: "incident", scope })).toMatchObject({
        status: 200,
        json: { leases: 1 },
      });
      expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
      expect((await device.unlock("unlock")).answer).toMatchObject({
        value: { code: "UnlockRevoked" },
      });
      const byOwner = await world.call("POST", `${jobPath(JOB)}/restoreAccess?${API}`, {
        body: {},
      });
      expect(byOwner.json).toMatchObject({ lifted: 0 });
      expect((await operate("restoreAccess", { scope })).json).toMatchObject({ lifted: 1 });
      expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    },
  );

  test("of one node leaves the order's others alone", async () => {
    const other = await world.delivered("bystander");
    const bystander = await LeaseClient.unlock(other);
    await operate("revoke", { reason: "x", scope: { kind: "order", order: jobPath(JOB) } });
    expect((await bystander.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test.each<readonly [string, () => object, number]>([
    ["an order that is not there", () => ({ kind: "order", order: jobPath("nobody") }), 404],
    [
      "a node that is not there",
      () => ({ kind: "node", order: jobPath(JOB), serial: "DBX-9" }),
      400,
    ],
    ["no resource id", () => ({ kind: "order", order: "switched" }), 400],
  ])("of %s is refused, because it would match nothing", async (_name, of, status) => {
    const answer = await operate("revoke", { reason: "x", scope: of() });
    expect(answer.status).toBe(status);
    expect((await listAll()).json.value).toEqual([]);
  });
});

describe("the switches that stand", () => {
  test("are listed with whose, why and since when; the operator's people are not named to the customer", async () => {
    await operate("revoke", { reason: "recall", scope: { kind: "fleet" } });
    world.clock.nowMs += 1000;
    const body = { reason: "stolen", serial: device.serial };
    await world.call("POST", `${jobPath(JOB)}/revoke?${API}`, { body });
    const own = {
      scope: "node",
      serial: device.serial,
      origin: "customer",
      reason: "stolen",
      by: expect.any(String),
      revokedAt: expect.any(String),
    };
    const theirs = { scope: "fleet", origin: "operator", reason: "recall" };
    expect((await listOrder()).json.value).toMatchObject([own, theirs]);
    expect((await listOrder()).json.value[1].by).toBeUndefined();
    expect((await listAll()).json.value[1].by).toEqual(expect.any(String));
    await operate("restoreAccess", { scope: { kind: "fleet" } });
    expect((await listOrder()).json.value).toMatchObject([own]);
  });

  test("over another order are not shown", async () => {
    await world.prepared("other");
    await world.call("POST", `${jobPath("other")}/revoke?${API}`, { body: { reason: "x" } });
    expect((await listOrder()).json.value).toEqual([]);
    expect((await listAll()).json.value).toHaveLength(1);
  });
});

/** Activates a switch when the vault has unwrapped the first content key. */
const revokeDuringUnwrap = (): void => {
  world.aroundUnwrap = async (unwrap) => {
    const unwrapped = await unwrap();
    world.aroundUnwrap = undefined;
    await operate("revoke", { reason: "incident", scope: { kind: "fleet" } });
    return unwrapped;
  };
};
const outcomesOf = async (action: string): Promise<string[]> => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
  return json.value
    .map(({ row }: { row: { action: string; outcome: string } }) => row)
    .filter((row: { action: string }) => row.action === action)
    .map(({ outcome }: { outcome: string }) => outcome);
};

describe("a switch that is activated while a request is answered", () => {
  test("withholds the passkey from the portal", async () => {
    revokeDuringUnwrap();
    const { status, json } = await world.call("POST", `${jobPath(JOB)}/listCredentials?${API}`, {});
    expect({ status, json }).toMatchObject({
      status: 403,
      json: { error: { code: "UnlockRevoked" } },
    });
    expect(await outcomesOf("order/listCredentials")).toEqual(["refused"]);
  });

  test("withholds the envelopes that are being read", async () => {
    const stores = world.replicas().map(({ store }) => store);
    wrapNextTransaction(stores, async (execute) => {
      await operate("revoke", { reason: "incident", scope: { kind: "fleet" } });
      await execute();
    });
    const { status, json } = await world.call("GET", `${jobPath(JOB)}/envelopes?${API}`);
    expect({ status, json }).toMatchObject({
      status: 403,
      json: { error: { code: "UnlockRevoked" } },
    });
    expect(await outcomesOf("order/exportEnvelopes")).toEqual(["refused"]);
  });

  test("withholds the keys of a rekeying", async () => {
    const client = await RekeyClient.unlock(device);
    revokeDuringUnwrap();
    expect((await client.ask()).payload).toMatchObject({ code: "UnlockRevoked" });
    expect(await outcomesOf("rekey/propose")).toEqual(["refused"]);
  });

  test("withholds a grant", async () => {
    revokeDuringUnwrap();
    expect((await device.unlock("unlock")).answer).toMatchObject({
      value: { code: "UnlockRevoked" },
    });
  });
});

test("a switch withholds a grant from the message that got it a moment ago, with one row", async () => {
  const asked = await device.prepareUnlock("unlock");
  expect((await device.sendUnlock(asked)).kind).toBe("answer");
  await operate("revoke", { reason: "incident", scope: { kind: "fleet" } });
  const before = (await outcomesOf("unlock")).length;
  for (let again = 0; again < 3; again += 1)
    expect(await device.sendUnlock(asked)).toMatchObject({ value: { code: "UnlockRevoked" } });
  expect((await outcomesOf("unlock")).slice(before)).toEqual(["refused"]);
});

// Evidence: Kill switches fail closed.
test("switches that cannot be read grant nothing, renew nothing and close nothing", async () => {
  const rows = await world.store().selectFrom("audit").select("sequence").execute();
  await world.store().schema.alterTable("revocations").renameTo("revocations_lost").execute();
  const unlocked = (await device.unlock("unlock")).answer;
  expect(unlocked).toMatchObject({
    kind: "denial",
    value: { code: "InternalError", class: "internal" },
  });
  const renewed = await holder.renew();
  expect(renewed.typ).toBe(MESSAGE_TYPES.denial);
  expect(renewed.payload).toMatchObject({ class: "internal" });
  await world.store().schema.alterTable("revocations_lost").renameTo("revocations").execute();
  const after = await world.store().selectFrom("audit").select("sequence").execute();
  expect(after).toHaveLength(rows.length);
  expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
});

describe("an unlock budget", () => {
  test("refuses unlocks beyond it for the rest of the day, before the vault is asked", async () => {
    expect((await budget("PUT", { unlocksPerDay: 2 })).json).toMatchObject({ usedToday: 0 });
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" });
    expect((await device.unlock("unlock")).answer).toMatchObject({
      status: 429,
      value: { code: "RateLimited", class: "unreachable", retryAfterSeconds: expect.any(Number) },
    });
    expect((await budget("GET")).json).toMatchObject({ unlocksPerDay: 2, usedToday: 2 });
    world.vaults.setOutage("kv-one", undefined);
    world.clock.nowMs += 86_400_000;
    expect((await budget("GET")).json).toMatchObject({ usedToday: 0 });
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
  });

  test("is not used up by unlocks that failed, and can be removed", async () => {
    await budget("PUT", { unlocksPerDay: 1 });
    world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" });
    for (let tries = 0; tries < 3; tries += 1) await device.unlock("unlock");
    expect((await budget("GET")).json).toMatchObject({ usedToday: 0 });
    expect((await budget("DELETE")).status).toBe(200);
    expect((await budget("DELETE")).status).toBe(204);
  });

  test.each([0, -1, 1.5, 1e9, "2"])("of %s is refused", async (unlocksPerDay) => {
    expect((await budget("PUT", { unlocksPerDay })).status).toBe(400);
  });
});
