// @module-tag one-engine
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createUnauthenticatedRows } from "../../src/audit/unauthenticated-rows.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

/** Of one address: how many rows at once, and in an hour after that. */
const ROWS = { burst: 120, perHour: 6 };
const HOUR_MS = 3_600_000;

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const junk = (body = "x") =>
  world.transport().send("POST", DEVICE_ROUTES.unlocks, {
    headers: { "content-type": "application/jose" },
    body,
  });

describe("unproven messages", () => {
  // Evidence: Audit rows written for unauthenticated callers.
  test("have a row each at first, and then one an hour that says how many there were", async () => {
    for (let index = 0; index < 155; index += 1) expect((await junk()).status).toBe(400);
    expect((await junk("x".repeat(70_000))).status).toBe(413);
    expect(await world.audit("broker")).toHaveLength(ROWS.burst);
    await world.broker().sweep();
    expect(await world.audit("broker")).toHaveLength(ROWS.burst);
    world.clock.nowMs += HOUR_MS;
    await world.broker().sweep();
    await world.broker().sweep();
    const rows = await world.audit("broker");
    expect(rows).toHaveLength(ROWS.burst + 1);
    expect(rows.at(-1)).toMatchObject({
      action: "strangers/turned-away",
      outcome: "refused",
      detail: { network: "127.0.0.0/24", messages: 36 },
    });
    expect(await world.verifyAudit("broker")).toMatchObject({ ok: true });
  });

  test("are told later if the database fails at that moment", async () => {
    for (let index = 0; index < 40; index += 1) await junk();
    world.clock.nowMs += HOUR_MS;
    const before = await world.audit("broker");
    await world.store().schema.alterTable("audit").renameTo("audit_lost").execute();
    await expect(world.broker().sweep()).rejects.toThrow("audit");
    await world.store().schema.alterTable("audit_lost").renameTo("audit").execute();
    await world.broker().sweep();
    const [row, ...others] = (await world.audit("broker")).slice(before.length);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      action: "strangers/turned-away",
      detail: { messages: 40 - ROWS.perHour },
    });
  });

  // Evidence: Audit rows written for unauthenticated callers.
  test("are bounded in sum too, however many addresses they come from", async () => {
    const { nowMs } = world.clock;
    const appendAudit = createAppendAudit({ now: () => nowMs });
    const unauthenticatedRows = createUnauthenticatedRows(
      { store: world.store(), appendAudit, now: () => nowMs },
      {
        perAddress: { burst: 5, perHour: 1 },
        inSum: { burst: 8, perHour: 2 },
        perTenant: { burst: 1, perHour: 1 },
      },
    );
    const before = await world.audit("broker");
    let admitted = 0;
    for (let address = 0; address < 2_000; address += 1)
      if (unauthenticatedRows.admit(`10.${String(address % 250)}.${String(address % 7)}.1`))
        admitted += 1;
    expect(admitted).toBe(8);
    await unauthenticatedRows.flush("now");
    const rows = (await world.audit("broker")).slice(before.length);
    expect(rows).toHaveLength(9);
    const sums = rows.map(({ detail }) => (detail as { messages: number }).messages);
    expect(sums.reduce((sum, each) => sum + each, 0)).toBe(2_000 - 8);
    expect(rows.at(-1)).toMatchObject({ detail: { network: "other networks" } });
  });

  // Evidence: Audit rows written for unauthenticated callers.
  test("take nothing from a device that proves itself: each of its refusals has its row", async () => {
    const device = await world.delivered("honest");
    for (let index = 0; index < 10; index += 1)
      await device.sendUnlock(await device.prepareUnlock("unlock", {}, "A".repeat(96)));
    const rows = await world.audit(device.order);
    expect(rows.filter(({ outcome }) => outcome === "refused")).toHaveLength(10);
  });
});

// Evidence: Audit rows written for unauthenticated callers.
test("an address that sends unproven messages under ever new ids must wait", async () => {
  await using limited = await openBroker({ settings: { RATE_LIMIT_DEVICE_PER_MINUTE: "2" } });
  const statuses = [];
  for (let index = 0; index < 25; index += 1) {
    const kid = `key-${String(index)}`;
    const header = Buffer.from(
      JSON.stringify({ alg: "ES256", kid, typ: MESSAGE_TYPES.unlockRequest }),
    ).toString("base64url");
    const { status } = await limited.transport().send("POST", DEVICE_ROUTES.unlocks, {
      headers: { "content-type": "application/jose" },
      body: `${header}.e30.${"A".repeat(86)}`,
    });
    statuses.push(status);
  }
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});
