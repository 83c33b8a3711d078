import { DEVICE_ROUTES, journalHead, type JournalRow, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, journalOf } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

function deliver(device: DeviceClient, rows: readonly JournalRow[], change: object = {}) {
  device.counter += 1;
  const { order, serial, counter } = device;
  const delivery = { order, serial, bootId: "boot-number-1", counter, rows, ...change };
  return device.exchange(DEVICE_ROUTES.journal, MESSAGE_TYPES.journal, delivery);
}

const lastRows = async (job: string, count: number) => {
  const { json } = await world.call("GET", `${jobPath(job)}/activity?${API}`);
  return json.value.slice(-count).map(({ row }: { row: object }) => row);
};

describe("a node's journal", () => {
  // Evidence: Journal and countersignature.
  test("is countersigned, and appears in the activity as the node's own claim", async () => {
    const device = await world.delivered("journal");
    const rows = journalOf(["challenge-made", "unlocked", "relocked"]);
    const { typ, payload } = await deliver(device, rows);
    expect(typ).toBe(MESSAGE_TYPES.journalHead);
    expect(journalHead.parse(payload)).toMatchObject({
      order: device.order,
      serial: device.serial,
      sequence: 3,
      hash: rows[2]?.hash,
    });
    expect(await lastRows("journal", 1)).toMatchObject([
      {
        action: "journal",
        actor: { kind: "device", serial: device.serial },
        detail: { fromSequence: 1, toSequence: 3, journalHead: rows[2]?.hash },
        claims: rows,
      },
    ]);
  });

  test("is stored once, in pages of any size", async () => {
    const device = await world.delivered("pages");
    const rows = journalOf(["a", "b", "c", "d", "e"]);
    await deliver(device, rows.slice(0, 2));
    await deliver(device, rows.slice(0, 2));
    const { payload } = await deliver(device, rows.slice(1, 5));
    expect(payload).toMatchObject({ sequence: 5 });
    const told = await lastRows("pages", 2);
    expect(told.map(({ detail }: { detail: object }) => detail)).toMatchObject([
      { fromSequence: 1, toSequence: 2 },
      { fromSequence: 3, toSequence: 5 },
    ]);
  });

  test("begins again with a device that replaces another", async () => {
    const former = await world.delivered("replaced");
    await deliver(former, journalOf(["a", "b"]));
    const { serial, order } = former;
    const { json } = await world.operator("replaceDevice", "replaced", {
      serial,
      reason: "broken",
    });
    const device = world.device(order, serial);
    expect(await device.enrol(json.enrolmentCode)).toMatchObject({ kind: "answer" });
    const { payload } = await deliver(device, journalOf(["enrolled"]));
    expect(payload).toMatchObject({ sequence: 1 });
  });

  test.each([
    ["gap", (rows: readonly JournalRow[]) => rows.slice(3)],
    ["fork", (rows: readonly JournalRow[]) => journalOf(["other"], rows.slice(0, 1)).slice(1)],
  ] as const)(
    "with a %s is refused by JournalBroken, audited, and changes nothing",
    async (reason, of) => {
      const job = `broken-${reason}`;
      const device = await world.delivered(job);
      const rows = journalOf(["a", "b", "c", "d"]);
      await deliver(device, rows.slice(0, 2));
      const { status, payload } = await deliver(device, of(rows));
      expect({ status, payload }).toMatchObject({
        status: 409,
        payload: { code: "JournalBroken", reason },
      });
      expect(await lastRows(job, 1)).toMatchObject([
        { action: "journal", outcome: "refused", code: "JournalBroken", reason },
      ]);
      expect((await deliver(device, rows.slice(2))).payload).toMatchObject({ sequence: 4 });
    },
  );

  test.each([
    [
      "a row that was changed",
      (rows: readonly JournalRow[]) => ({ rows: rows.map((row) => ({ ...row, event: "z" })) }),
    ],
    ["no row", () => ({ rows: [] })],
    ["a member too many", () => ({ more: 1 })],
  ])("with %s is malformed", async (name, change) => {
    const device = await world.delivered(`malformed-${String(name.length)}`);
    const rows = journalOf(["a"]);
    const { payload } = await deliver(device, rows, change(rows));
    expect(payload).toMatchObject({ code: "DeviceMessageMalformed" });
  });

  test("in another node's name is refused", async () => {
    const device = await world.delivered("own-name");
    const { payload } = await deliver(device, journalOf(["a"]), { serial: "DBX-OTHER" });
    expect(payload).toMatchObject({ code: "OrderMismatch" });
  });
});
