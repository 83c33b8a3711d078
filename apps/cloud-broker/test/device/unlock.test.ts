import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { keptBytes } from "../store/open-test-store.ts";
import { DeviceWorld, PASSKEY } from "./device-world.ts";

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

    // Neither logs nor database hold what would open anything: canaries in every spelling that code
    // would use.
    const secrets = [
      ...codes.map((code) => Buffer.from(code)),
      Buffer.from(PASSKEY),
      Buffer.from(contentKey ?? []),
    ];
    expect(secrets.map((secret) => secret.length)).toEqual([27, 27, 23, 32]);
    const written = Buffer.concat([
      await keptBytes(world.store, world.databaseFile),
      Buffer.from(world.logLines.join("")),
    ]);
    expect(written.length).toBeGreaterThan(10_000);
    const found = secrets.filter((secret) =>
      [secret, ...(["base64", "base64url", "hex"] as const).map((as) => secret.toString(as))].some(
        (spelling) => written.includes(spelling),
      ),
    );
    expect(found).toEqual([]);
  });
});
