// @module-tag one-engine
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DeviceWorld } from "./device-world.ts";

const BUDGET = {
  perAddress: { burst: 5, perHour: 1 },
  inSum: { burst: 8, perHour: 2 },
};
const HOUR_MS = 3_600_000;

let world: DeviceWorld;
beforeAll(async () => {
  world = await DeviceWorld.open({ unauthenticatedBudget: BUDGET });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const junk = (body = "x") =>
  world.transport.send("POST", DEVICE_ROUTES.unlocks, {
    headers: { "content-type": "application/jose" },
    body,
  });

describe("unproven messages", () => {
  // Evidence: Audit rows written for unauthenticated callers.
  test("have a row each at first, and then one an hour that says how many there were", async () => {
    for (let index = 0; index < 40; index += 1) expect((await junk()).status).toBe(400);
    expect((await junk("x".repeat(70_000))).status).toBe(413);
    expect(await world.audit("broker")).toHaveLength(5);
    await world.unauthenticatedRows.flush();
    expect(await world.audit("broker")).toHaveLength(5);
    world.nowMs += HOUR_MS;
    await world.unauthenticatedRows.flush();
    await world.unauthenticatedRows.flush();
    const rows = await world.audit("broker");
    expect(rows).toHaveLength(6);
    expect(rows.at(-1)).toMatchObject({
      action: "strangers/turned-away",
      outcome: "refused",
      detail: { network: "127.0.0.0/24", messages: 36 },
    });
    expect(await world.verifyAudit("broker")).toMatchObject({ ok: true });
  });

  test("are told later if the database fails at that moment", async () => {
    for (let index = 0; index < 40; index += 1) await junk();
    world.nowMs += HOUR_MS;
    const before = await world.audit("broker");
    await world.store.schema.alterTable("audit").renameTo("audit_lost").execute();
    await expect(world.unauthenticatedRows.flush()).rejects.toThrow("audit");
    await world.store.schema.alterTable("audit_lost").renameTo("audit").execute();
    await world.unauthenticatedRows.flush();
    const [row, ...others] = (await world.audit("broker")).slice(before.length);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ action: "strangers/turned-away", detail: { messages: 39 } });
  });

  // Evidence: Audit rows written for unauthenticated callers.
  test("are bounded in sum too, however many addresses they come from", async () => {
    world.nowMs += 24 * HOUR_MS;
    const before = await world.audit("broker");
    let admitted = 0;
    for (let address = 0; address < 2_000; address += 1)
      if (world.unauthenticatedRows.admit(`10.${String(address % 250)}.${String(address % 7)}.1`))
        admitted += 1;
    expect(admitted).toBe(8);
    await world.unauthenticatedRows.flush("now");
    const rows = (await world.audit("broker")).slice(before.length);
    expect(rows).toHaveLength(9);
    const sums = rows.map(({ detail }) => (detail as { messages: number }).messages);
    expect(sums.reduce((sum, each) => sum + each, 0)).toBe(2_000 - 8);
    expect(rows.at(-1)).toMatchObject({ detail: { network: "other networks" } });
  });

  // Evidence: Audit rows written for unauthenticated callers.
  test("take nothing from a device that proves itself: each of its refusals has its row", async () => {
    const device = await world.enrolled("honest");
    for (let index = 0; index < 10; index += 1)
      await device.sendUnlock(await device.prepareUnlock("unlock", {}, "A".repeat(96)));
    const rows = await world.audit(device.order);
    expect(rows.filter(({ outcome }) => outcome === "refused")).toHaveLength(10);
  });
});

// Evidence: Audit rows written for unauthenticated callers.
test("an address that sends unproven messages under ever new ids must wait", async () => {
  await using limited = await DeviceWorld.open({ rateLimits: { address: 0, device: 2 } });
  const statuses = [];
  for (let index = 0; index < 25; index += 1) {
    const kid = `key-${String(index)}`;
    const header = Buffer.from(
      JSON.stringify({ alg: "ES256", kid, typ: MESSAGE_TYPES.unlockRequest }),
    ).toString("base64url");
    const { status } = await limited.transport.send("POST", DEVICE_ROUTES.unlocks, {
      headers: { "content-type": "application/jose" },
      body: `${header}.e30.${"A".repeat(86)}`,
    });
    statuses.push(status);
  }
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});
