// @module-tag one-engine

import type { StageName, TransferType, UnlockRequest } from "@databox-cmk/protocol";
import { type DeviceClient, required } from "@databox-cmk/testkit";
import { describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { openCrashingStore, WRITES } from "../custody/crashing-store.ts";
import { type BrokerWorld, openBroker, type PreparedNode } from "../world/open-broker.ts";

/** More than any of these exchanges writes; a walk ends at the first point that is not reached. */
const POINTS_MAX = 30;

type Exchange = {
  /** Brings a device to where the exchange starts, with a broker that does not die. */
  readonly prepare: (world: BrokerWorld) => Promise<Prepared>;
  /** One message. Its answer may be lost as well. */
  readonly run: (prepared: Prepared) => Promise<unknown>;
  /** The device's next request after both sides restarted; it must always succeed. */
  readonly recover: (prepared: Prepared, world: BrokerWorld) => Promise<void>;
};
/** The members of an order that decide which purpose it allows. */
type Place = { readonly stage: StageName; readonly transfer_type?: TransferType };
type Prepared = PreparedNode & { readonly grant: string };

async function preparing(world: BrokerWorld): Promise<Prepared> {
  const node = required((await world.preparing("crash"))[0]);
  return { ...node, grant: "" };
}

async function unlocks(
  device: DeviceClient,
  world: BrokerWorld,
  purpose: UnlockRequest["purpose"],
): Promise<string> {
  const { answer, contentKey } = await device.unlock(purpose);
  expect(answer).toMatchObject({ kind: "answer" });
  expect(await world.opened(device, contentKey)).toBeDefined();
  return answer.kind === "answer" ? answer.text : "";
}

const EXPORTED = { stage: "DataCopy", transfer_type: "ExportFromAzure" } as const;

const unlocking = (purpose: UnlockRequest["purpose"], place: Place): Exchange => ({
  async prepare(world) {
    const prepared = await preparing(world);
    await prepared.device.enrol(prepared.code);
    await world
      .store()
      .updateTable("orders")
      .set(place)
      .where("id", "=", foldOrderId(prepared.device.order))
      .execute();
    return prepared;
  },
  run: ({ device }) => device.unlock(purpose),
  async recover({ device }, world) {
    await unlocks(device, world, purpose);
  },
});

const EXCHANGES: Readonly<Record<string, Exchange>> = {
  enrolment: {
    prepare: preparing,
    run: ({ device, code }) => device.enrol(code),
    async recover({ device, code }, world) {
      expect(await device.enrol(code)).toMatchObject({ kind: "answer" });
      await unlocks(device, world, "prepare");
    },
  },
  unlock: unlocking("unlock", { stage: "Delivered" }),
  "an unlock to ingest": unlocking("ingest", { stage: "DataCopy" }),
  "an unlock to fill": unlocking("fill", EXPORTED),
  "the report of a filled node": {
    async prepare(world) {
      const { device } = await unlocking("fill", EXPORTED).prepare(world);
      return { device, code: "", grant: await unlocks(device, world, "fill") };
    },
    run: ({ device, grant }) => device.receipt(grant, "unlocked"),
    async recover({ device, grant }, world) {
      expect(await device.receipt(grant, "unlocked")).toMatchObject({ kind: "answer" });
      const reports = await world
        .store()
        .selectFrom("grants")
        .select("receipt_outcome")
        .where("order_id", "=", foldOrderId(device.order))
        .where("purpose", "=", "fill")
        .execute();
      expect(reports).toEqual([{ receipt_outcome: "unlocked" }]);
    },
  },
  receipt: {
    async prepare(world) {
      const prepared = await preparing(world);
      await prepared.device.enrol(prepared.code);
      return { ...prepared, grant: await unlocks(prepared.device, world, "prepare") };
    },
    run: ({ device, grant }) => device.receipt(grant, "prepared"),
    async recover({ device, grant }, world) {
      expect(await device.receipt(grant, "prepared")).toMatchObject({ kind: "answer" });
      const order = await world
        .store()
        .selectFrom("orders")
        .select(["stage_status", "revision"])
        .where("id", "=", foldOrderId(device.order))
        .executeTakeFirstOrThrow();
      expect(order).toEqual({ stage_status: "Succeeded", revision: 5 });
    },
  },
};

describe.each(Object.entries(EXCHANGES))("a broker killed during %s", (_name, exchange) => {
  test("before any of its writes loses nothing: the device continues, and the audit chain is whole", async () => {
    let points = 0;
    for (; points < POINTS_MAX; points += 1) {
      let open: (path: string) => Promise<Store> = openStore;
      await using world = await openBroker({ openStore: (path) => open(path) });
      const prepared = await exchange.prepare(world);
      const granted = (await world.audit(prepared.device.order)).length;

      let crashing: ReturnType<typeof openCrashingStore> | undefined;
      open = async (path) => {
        crashing = openCrashingStore(path, { statement: points + 1, when: "before" }, WRITES);
        return crashing.store;
      };
      await world.restart();
      const outcome = await exchange.run(prepared);
      open = openStore;
      await world.restart("crashed");
      if (crashing?.crashed() !== true) break;
      // A dead broker has answered nothing that its database does not hold.
      expect(outcome).not.toMatchObject({ kind: "answer" });

      await exchange.recover(prepared, world);
      const verdict = await world.verifyAudit(prepared.device.order);
      expect(verdict).toMatchObject({ ok: true });
      expect(verdict.ok && verdict.length).toBeGreaterThan(granted);
    }
    expect(points).toBeGreaterThan(3);
    expect(points).toBeLessThan(POINTS_MAX);
  });
});
