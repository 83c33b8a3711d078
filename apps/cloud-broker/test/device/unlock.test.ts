import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DeviceWorld } from "./device-world.ts";

let world: DeviceWorld;
beforeAll(async () => {
  world = await DeviceWorld.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("a device", () => {
  test("enrols, prepares itself, and is unlocked at the customer's site", async () => {
    const { id, codes } = await world.order("whole-life", ["LIFE-N1", "LIFE-N2"]);
    const [first, second] = [world.device(id, "LIFE-N1"), world.device(id, "LIFE-N2")];
    for (const [index, device] of [first, second].entries()) {
      const enrolled = await device.enrol(codes[index] ?? "");
      expect(enrolled).toMatchObject({ kind: "answer", value: { passkeyOrigin: "generated" } });
      const { answer, contentKey } = await device.unlock("prepare");
      expect(await world.opens(device, contentKey)).toBe(true);
      const receipt = await device.receipt(answer.kind === "answer" ? answer.text : "", "prepared");
      expect(receipt.kind).toBe("answer");
      const order = await world.store
        .selectFrom("orders")
        .select("stage_status")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      expect(order.stage_status).toBe(index === 0 ? "InProgress" : "Succeeded");
    }
    await world.setStage(id, "Delivered");
    const { answer, contentKey } = await first.unlock("unlock");
    expect(answer).toMatchObject({
      kind: "answer",
      value: {
        serial: "LIFE-N1",
        kid: world.custody.kid,
        lease: { ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: 0 },
      },
    });
    expect(await world.opens(first, contentKey)).toBe(true);
    expect(await world.verifyAudit(id)).toMatchObject({ ok: true, length: 7 });
  });
});
