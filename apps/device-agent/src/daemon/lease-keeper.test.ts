import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";
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
function createKeeper({ folder = "/nowhere", change = changeNothing } = {}) {
  const closed: (string | undefined)[] = [];
  const reported: AgentEvent[] = [];
  const keeper = createLeaseKeeper(
    {
      state: { read: () => current, change, runAlone: (command) => command() },
      volume: {
        close: async (mapping: string | undefined) => {
          closed.push(mapping);
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
