// @module-tag one-engine
import { DEVICE_ROUTES } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

describe("a device that asks too often", () => {
  let world: BrokerWorld;
  beforeAll(async () => {
    world = await openBroker({ settings: { RATE_LIMIT_DEVICE_PER_MINUTE: "6" } });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const rested = async (job: string) => {
    const device = await world.delivered(job);
    world.clock.nowMs += 60_000;
    return device;
  };

  // Evidence: A flood of requests.
  test("must wait, by a signed answer that is an outage and leaves no row", async () => {
    const device = await rested("eager");
    const prepared = [];
    for (let index = 0; index < 6; index += 1) {
      prepared.push(await device.prepareUnlock("unlock"));
      world.clock.nowMs += 10_000;
    }
    const callsBefore = world.unwraps();
    const answers = [];
    for (const each of prepared) answers.push(await device.sendUnlock(each));
    expect(answers.every((answer) => answer.kind === "answer")).toBe(true);
    const rows = await world.audit(device.order);
    const next = await device.prepareUnlock("unlock", {}, "A".repeat(96));
    const refused = await device.sendUnlock(next);
    expect(refused).toMatchObject({
      kind: "denial",
      status: 429,
      value: { code: "RateLimited", class: "unreachable", retryAfterSeconds: 10 },
    });
    expect(world.unwraps()).toBe(callsBefore + 6);
    expect(await world.audit(device.order)).toEqual(rows);
    world.clock.nowMs += 10_000;
    // The nonce is not the broker's, but it was checked.
    expect((await device.sendUnlock(next)).kind).toBe("denial");
    expect(await world.audit(device.order)).not.toEqual(rows);
  });

  test("does not use up another device's requests", async () => {
    const eager = await rested("eager-2");
    const calm = await rested("calm");
    const nonsense = "A".repeat(96);
    for (let index = 0; index < 8; index += 1)
      await eager.sendUnlock(await eager.prepareUnlock("unlock", {}, nonsense));
    expect((await calm.unlock("unlock")).answer.kind).toBe("answer");
  });

  test("also gets no challenges", async () => {
    const device = await rested("challenged");
    for (let index = 0; index < 6; index += 1) await device.challenge();
    await expect(device.challenge()).rejects.toThrow("429");
  });
});

// Evidence: A flood of requests.
test("an address that asks too often is stopped before anything is read", async () => {
  await using world = await openBroker({ settings: { RATE_LIMIT_ADDRESS_PER_SECOND: "1" } });
  const ask = () =>
    world.transport().send("POST", DEVICE_ROUTES.unlocks, {
      headers: { "content-type": "application/jose" },
      body: "x",
    });
  for (let index = 0; index < 5; index += 1) expect((await ask()).status).toBe(400);
  const answer = await ask();
  expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "RateLimited" } });
  expect(await world.audit("broker")).toHaveLength(5);
});
