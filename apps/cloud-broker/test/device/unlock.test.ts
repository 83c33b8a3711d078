import { join } from "node:path";

import { required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { keptBytes } from "../store/open-test-store.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 1 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("a device", () => {
  test("enrols, prepares itself, and is unlocked at the customer's site", async () => {
    const nodes = await world.preparing("whole-life", "DataBoxHeavy");
    const first = required(nodes[0]);
    const id = foldOrderId(first.device.order);
    for (const [index, { device, code }] of nodes.entries()) {
      const enrolled = await device.enrol(code);
      expect(enrolled).toMatchObject({ kind: "answer", value: { passkeyOrigin: "generated" } });
      const { answer, contentKey } = await device.unlock("prepare");
      expect(await world.opened(device, contentKey)).toBeDefined();
      const receipt = await device.receipt(answer.kind === "answer" ? answer.text : "", "prepared");
      expect(receipt.kind).toBe("answer");
      const order = await world
        .store()
        .selectFrom("orders")
        .select("stage_status")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      expect(order.stage_status).toBe(index === 0 ? "InProgress" : "Succeeded");
    }
    await world.setStage(id, "Delivered");
    const { answer, contentKey } = await first.device.unlock("unlock");
    expect(answer).toMatchObject({
      kind: "answer",
      value: {
        serial: first.device.serial,
        kid: world.kid,
        lease: { ttlSeconds: 60, outageGraceSeconds: 86_400, sequence: 0 },
      },
    });
    const passkey = await world.opened(first.device, contentKey);
    // Six rows of the order's placing and preparation, and these seven.
    expect(await world.verifyAudit(id)).toMatchObject({ ok: true, length: 6 + 7 });

    // Neither logs nor database hold what would open anything: canaries in every spelling that code
    // would use.
    const secrets = [
      ...nodes.map(({ code }) => Buffer.from(code)),
      Buffer.from(passkey ?? ""),
      Buffer.from(contentKey ?? []),
    ];
    expect(secrets.map((secret) => secret.length)).toEqual([27, 27, 22, 32]);
    const written = Buffer.concat([
      await keptBytes(world.store(), join(world.folder, "broker.sqlite")),
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
