import { generateSigningKey } from "@databox-cmk/crypto";
import type { EnrolmentRequest } from "@databox-cmk/protocol";
import { type DeviceClient, type Tamper, codeOf, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type BrokerWorld, openBroker, type PreparedNode } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 1 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

let names = 0;
async function preparing(): Promise<PreparedNode> {
  names += 1;
  return required((await world.preparing(`enrol-${String(names)}`))[0]);
}

type Case = {
  readonly code: string;
  readonly tamper?: Tamper<EnrolmentRequest>;
  readonly prepare?: (device: DeviceClient) => Promise<unknown>;
};
const CASES: Readonly<Record<string, Case>> = {
  "a wrong code": {
    code: "EnrolmentCodeInvalid",
    tamper: { payload: (payload) => ({ ...payload, code: "AAAAAAAAAAAAAAAAAAAAAAAAAAA" }) },
  },
  "a code that has expired": {
    code: "EnrolmentCodeInvalid",
    prepare: () => {
      world.clock.nowMs += 24 * 3_600_000;
      return Promise.resolve();
    },
  },
  "a serial that is not in the order": {
    code: "EnrolmentCodeInvalid",
    tamper: { payload: (payload) => ({ ...payload, serial: "NOBODY" }) },
  },
  "an order that does not exist": {
    code: "EnrolmentCodeInvalid",
    tamper: { payload: (payload) => ({ ...payload, order: `${payload.order}-x` }) },
  },
  "another device's public key": {
    code: "DeviceNotAuthenticated",
    tamper: {
      payload: (payload) => ({ ...payload, publicKey: generateSigningKey().key.publicJwk }),
    },
  },
  "a public key that is not a point of the curve": {
    code: "DeviceMessageMalformed",
    tamper: {
      payload: (payload) => ({
        ...payload,
        publicKey: { ...payload.publicKey, y: payload.publicKey.x },
      }),
    },
  },
  "a private key in the message": {
    code: "DeviceMessageMalformed",
    tamper: {
      payload: (payload) => ({ ...payload, publicKey: { ...payload.publicKey, d: "AAAA" } }),
    },
  },
  "an unknown member": {
    code: "DeviceMessageMalformed",
    tamper: { payload: (payload) => ({ ...payload, role: "admin" }) },
  },
  "an order that was dispatched already": {
    code: "PurposeForbidden",
    prepare: (device) => world.setStage(device.order, "Dispatched"),
  },
};

describe("an enrolment", () => {
  test.each(Object.entries(CASES))(
    // Evidence: An active identity without proof.
    "with %s is refused and leaves its row",
    async (_name, expected) => {
      const { device, code } = await preparing();
      await expected.prepare?.(device);
      const answer = await device.enrol(code, expected.tamper);
      expect(codeOf(answer)).toBe(expected.code);
      const chain = expected.code === "PurposeForbidden" ? device.order : "broker";
      expect((await world.audit(chain)).at(-1)).toMatchObject({
        action: "enrol",
        outcome: "refused",
        code: expected.code,
      });
      expect(JSON.stringify(await world.audit(chain))).not.toContain(code);
    },
  );

  test("is answered again to the same key, however often and whenever it asks", async () => {
    const { device, code } = await preparing();
    expect(codeOf(await device.enrol(code))).toBe("answer");
    world.clock.nowMs += 48 * 3_600_000;
    expect(codeOf(await device.enrol(code))).toBe("answer");
    await world.setStage(device.order, "Delivered");
    expect(codeOf(await device.enrol(code))).toBe("answer");
    const { contentKey } = await device.unlock("unlock");
    expect(await world.opened(device, contentKey)).toBeDefined();
  });

  test("keeps the grade of the key as the node claims it, and every release names it", async () => {
    const { device, code } = await preparing();
    const grade = { deviceKeyGrade: "tpm-measured-boot" as const };
    await device.enrol(code, { payload: (payload) => ({ ...payload, ...grade }) });
    expect((await device.unlock("prepare")).answer.kind).toBe("answer");
    const claimed = { claimedDeviceKeyGrade: "tpm-measured-boot" };
    const rows = await world.audit(device.order);
    expect(rows.find(({ action }) => action === "enrol")).toMatchObject({ detail: claimed });
    expect(rows.find(({ outcome }) => outcome === "granted")).toMatchObject({ detail: claimed });
  });

  // Evidence: A known device enrolled again with another key.
  test("by another key is a conflict, and the first key stays", async () => {
    const { device, code } = await preparing();
    await device.enrol(code);
    const thief = world.device(device.order, device.serial);
    expect(codeOf(await thief.enrol(code))).toBe("EnrolmentConflict");
    expect((await device.unlock("prepare")).answer.kind).toBe("answer");
    expect((await thief.unlock("prepare")).answer).toMatchObject({
      kind: "denial",
      value: { code: "DeviceNotAuthenticated" },
    });
  });

  // Evidence: One token redeemed twice.
  test("of one code by many keys at once admits one of them", async () => {
    const { device, code } = await preparing();
    const rivals = Array.from({ length: 50 }, () => world.device(device.order, device.serial));
    const codes = (await Promise.all(rivals.map((rival) => rival.enrol(code)))).map(codeOf);
    expect(codes.filter((each) => each === "answer")).toHaveLength(1);
    expect(codes.filter((each) => each === "EnrolmentConflict")).toHaveLength(49);
  });

  test("of one key for two nodes is a conflict", async () => {
    const [first, second] = [await preparing(), await preparing()];
    await first.device.enrol(first.code);
    const answer = await second.device.enrol(second.code, {
      key: first.device.key,
      payload: (payload) => ({ ...payload, publicKey: first.device.key.publicJwk }),
    });
    expect(codeOf(answer)).toBe("EnrolmentConflict");
  });

  test("stores only a hash of the code", async () => {
    const { code } = await preparing();
    const rows = await world.store().selectFrom("nodes").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

async function granted(): Promise<{ device: DeviceClient; grant: string }> {
  const { device, code } = await preparing();
  await device.enrol(code);
  const { answer } = await device.unlock("prepare");
  return { device, grant: answer.kind === "answer" ? answer.text : "" };
}

describe("a receipt", () => {
  test("said again after a crash is acknowledged and recorded once", async () => {
    const { device, grant } = await granted();
    expect((await device.receipt(grant, "prepared")).kind).toBe("answer");
    const rows = await world.audit(device.order);
    expect((await device.receipt(grant, "prepared")).kind).toBe("answer");
    expect(await world.audit(device.order)).toEqual(rows);
  });

  test("that contradicts the first is refused", async () => {
    const { device, grant } = await granted();
    await device.receipt(grant, "failed");
    expect(await device.receipt(grant, "prepared")).toMatchObject({
      value: { code: "ReplayDetected" },
    });
  });

  test("of a failure leaves the node unprepared, with its code in the trail", async () => {
    const { device, grant } = await granted();
    await device.receipt(grant, "failed");
    const node = await world
      .store()
      .selectFrom("nodes")
      .select(["prepared_at_ms", "last_outcome"])
      .where("serial", "=", device.serial)
      .executeTakeFirstOrThrow();
    expect(node).toEqual({ prepared_at_ms: null, last_outcome: "failed" });
    expect((await world.audit(device.order)).at(-1)).toMatchObject({
      action: "receipt",
      detail: { untrustedCode: "VolumeRejectedKey" },
    });
  });

  const WRONG: Readonly<Record<string, readonly [object, string]>> = {
    "for a grant that was never given": [{ grantHash: "A".repeat(43) }, "OrderMismatch"],
    "for another order": [
      {
        order:
          "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/x/providers/microsoft.databox/jobs/other",
      },
      "OrderMismatch",
    ],
    "of an unlock, for a grant to prepare": [{ outcome: "unlocked" }, "DeviceMessageMalformed"],
    "of a failure without its code": [{ outcome: "failed" }, "DeviceMessageMalformed"],
  };
  test.each(Object.entries(WRONG))("%s is refused", async (_name, [part, code]) => {
    const { device, grant } = await granted();
    const answer = await device.receipt(grant, "prepared", {
      payload: (payload) => ({ ...payload, ...part }),
    });
    expect(answer).toMatchObject({ kind: "denial", value: { code } });
  });

  test("for the grant of another node is refused", async () => {
    const [first, second] = [await granted(), await granted()];
    const answer = await first.device.receipt(second.grant, "prepared");
    expect(answer).toMatchObject({ kind: "denial", value: { code: "OrderMismatch" } });
  });

  // Evidence: A copied device key.
  test("raises the counter, so that an older request cannot follow", async () => {
    const { device, grant } = await granted();
    device.counter = 99;
    await device.receipt(grant, "prepared");
    device.counter = 50;
    const { answer } = await device.unlock("prepare");
    expect(answer).toMatchObject({ kind: "denial", value: { code: "CounterRollback" } });
  });
});
