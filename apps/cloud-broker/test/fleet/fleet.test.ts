import { LeaseClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const OPERATOR = { claims: { roles: ["DataBox.Operator"] } };
const nothing = { notPrepared: 0, locked: 0, unlocked: 0, grace: 0, revoked: 0 };

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 1 });
});
afterAll(() => world[Symbol.asyncDispose]());

const readFleet = () => world.call("GET", "/operator/v1/fleet", OPERATOR);

test("the fleet is counted by lock state, region and key, and again after fifteen seconds", async () => {
  const device = await world.delivered("counted");
  await world.delivered("locked");
  const first = await readFleet();
  expect(first).toMatchObject({ status: 200, json: { total: { ...nothing, locked: 2 } } });

  expect((await device.unlock("unlock")).answer.kind).toBe("answer");
  expect((await readFleet()).json).toEqual(first.json);
  world.clock.nowMs += 15_000;
  const { json } = await readFleet();
  expect(json.total).toEqual({ ...nothing, locked: 1, unlocked: 1 });
  expect(json.byLocation).toEqual([{ location: "westus", nodes: json.total }]);
  expect(json.byKey).toEqual([
    { keyUrl: world.kid.slice(0, world.kid.lastIndexOf("/")), nodes: json.total },
  ]);
});

test("a node that does not renew goes into its grace, and counts as locked after it", async () => {
  world.clock.nowMs += 61_000;
  expect((await readFleet()).json.total).toEqual({ ...nothing, locked: 1, grace: 1 });
  world.clock.nowMs += 86_400_000;
  expect((await readFleet()).json.total).toEqual({ ...nothing, locked: 2 });
});

test("the broker's health tells what it waits for", async () => {
  const { status, json } = await world.call("GET", "/operator/v1/health", OPERATOR);
  expect(status).toBe(200);
  expect(json).toMatchObject({ database: "ok", webhookEventsWaiting: 0, revocations: {} });
  expect(json.vaults.lastAnswerAgeSeconds).toBeGreaterThan(0);
});

test("each day has its unlocks, its refusals by code and its times to re-lock, apart by subscription", async () => {
  const figures = async () => {
    world.clock.nowMs += 60_000;
    return (await world.call("GET", "/operator/v1/dailyFigures", OPERATOR)).json.days;
  };
  const before = (await figures()).at(-1);
  const device = await world.delivered("figures");
  const holder = await LeaseClient.unlock(device);
  await world.call("POST", `${jobPath("figures")}/revoke?${API}`, { body: { reason: "lost" } });
  await holder.renew();
  world.clock.nowMs += 2000;
  await holder.receipt({ cause: "order" });
  const used = (await figures()).at(-1).vaultOperations;
  expect((await device.unlock("unlock")).answer.kind).toBe("denial");
  const days = await figures();
  expect(days).toHaveLength(14);
  expect(days.at(-1)).toMatchObject({
    unlocks: before.unlocks + 1,
    refusals: [{ code: "UnlockRevoked", count: 1 }],
    relocks: { count: 1, averageMilliseconds: 2000, longestMilliseconds: 2000 },
  });
  // At least one call wraps the key and one unlocks; a revoked unlock calls no vault.
  expect(used).toBeGreaterThanOrEqual(before.vaultOperations + 2);
  expect(days.at(-1).vaultOperations).toBe(used);
  expect(days[0]).toMatchObject({
    unlocks: 0,
    refusals: [],
    vaultOperations: 0,
    relocks: { count: 0 },
  });

  const [, , own] = jobPath("figures").split("/");
  const ofSubscription = (id = "") =>
    world.call("GET", `/subscriptions/${id}/providers/Microsoft.DataBox/dailyFigures?${API}`);
  expect((await ofSubscription(own?.toUpperCase())).json.days).toEqual(days);
  const elsewhere = await ofSubscription("00000000-0000-4000-8000-00000000000f");
  expect(elsewhere.json.days?.at(-1)).toMatchObject({ unlocks: 0, relocks: { count: 0 } });

  world.clock.nowMs += 86_400_000;
  expect((await figures()).at(-2)).toEqual(days.at(-1));
});

test.each(["fleet", "health", "dailyFigures"])(
  "a caller who is not an operator does not see the %s",
  async (view) => {
    const { status } = await world.call("GET", `/operator/v1/${view}`);
    expect(status).toBe(403);
  },
);
