import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";
import type { RelockOrder } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import type { AgentEvent } from "../core/agent-event.ts";
import type { HeldLease } from "../core/lease-state.ts";
import { initialState, type MachineState } from "../core/machine-state.ts";
import type { NodeState } from "./daemon.ts";
import { createLeaseKeeper } from "./lease-keeper.ts";

const LEASE: HeldLease = {
  id: "11111111-1111-4111-8111-111111111111",
  ttlSeconds: 60,
  outageGraceSeconds: 0,
  sequence: 1,
  grantHash: "A".repeat(43),
  answeredAtMs: 0,
};
const NOW = "2026-11-29T00:00:00.000Z";
const ORDER: RelockOrder = {
  requestHash: "A".repeat(43),
  code: "PurposeForbidden",
  class: "refused",
  who: "order-owner",
  title: "",
  message: "",
  ask: "",
  steps: [],
  correlationId: LEASE.id,
  lease: LEASE.id,
  sequence: 2,
};

const takeNothing = (): never => {
  throw new AppError("DiskFull");
};
const changeNothing: NodeState["change"] = () => Promise.reject(new AppError("DiskFull"));
const unused = () => {
  throw new TypeError("nothing is sent without a counter");
};

const current: MachineState = {
  ...initialState(NOW),
  lock: { kind: "unlocked", since: NOW, bootId: "boot-number-1", mapping: "data", lease: LEASE },
};

/** A keeper whose state can be read, and not be written. */
function createKeeper({
  folder = "/nowhere",
  change = changeNothing,
  read = () => current,
  close = () => Promise.resolve(),
} = {}) {
  const closed: (string | undefined)[] = [];
  const reported: AgentEvent[] = [];
  const keeper = createLeaseKeeper(
    {
      state: { read, change, runAlone: (command) => command() },
      volume: {
        close: async (mapping: string | undefined) => {
          closed.push(mapping);
          await close();
        },
      },
      folder: { path: folder },
      journal: unused,
      nowIso: () => NOW,
      session: unused,
      context: () => ({ event: "serve", node: "DBX-1", volume: "luks2", elapsedMs: 0, known: {} }),
      report: (event: AgentEvent) => {
        reported.push(event);
      },
    },
    unused,
  );
  return { keeper, closed, reported };
}

const never = new AbortController().signal;

test("a volume is closed although a full disk takes no record of it, and that is tried again", async () => {
  const { keeper, closed, reported } = createKeeper();
  expect(await keeper.close(LEASE, "outage")).toBeGreaterThan(0);
  expect(closed).toEqual(["data"]);
  expect(reported).toMatchObject([{ code: "DiskFull" }]);
});

const changeWithoutWriting: NodeState["change"] = async (work) =>
  work({ current, update: takeNothing, nextCounter: takeNothing });

test("an order to close destroys what opens the volume at the next boot, although the disk is full", async () => {
  using folder = openTemporaryFolder();
  const kept = join(folder.path, "offline-lease.json");
  writeFileSync(kept, "{}");
  const { keeper, closed } = createKeeper({ folder: folder.path, change: changeWithoutWriting });
  expect(await keeper.close(LEASE, "order")).toBeGreaterThan(0);
  expect(closed).toEqual(["data"]);
  expect(existsSync(kept)).toBe(false);
});

test("a volume of another lease is not closed by that", async () => {
  const { keeper, closed } = createKeeper();
  await keeper.close({ ...LEASE, id: "22222222-2222-4222-8222-222222222222" }, "outage");
  expect(closed).toEqual([]);
});

test("without a counter there is no renewal, and the daemon stays until the lease ends", async () => {
  const { keeper, closed, reported } = createKeeper();
  expect(await keeper.renew(LEASE, never)).toBeGreaterThanOrEqual(0);
  expect(reported).toMatchObject([{ code: "DiskFull", outcome: expect.any(String) }]);
  expect(closed).toEqual([]);
});

test("an order is kept with the decision, so a volume in use names it also at the next attempt", async () => {
  const { lease: _lease, sequence: _sequence, ...refusal } = ORDER;
  let state = current;
  const { keeper, reported } = createKeeper({
    read: () => state,
    change: async (work) =>
      work({
        get current() {
          return state;
        },
        update: (change) => {
          state = { ...state, ...change };
        },
        nextCounter: takeNothing,
      }),
    close: () => Promise.reject(new AppError("VolumeUnavailable")),
  });
  await keeper.close(LEASE, "order", ORDER);
  expect(state).toMatchObject({ refusal, lock: { lease: { closing: "order" } } });
  await keeper.close(LEASE, "order");
  expect(state).toMatchObject({ refusal });
  expect(reported).toMatchObject([{ code: "VolumeUnavailable" }, { code: "VolumeUnavailable" }]);
});
