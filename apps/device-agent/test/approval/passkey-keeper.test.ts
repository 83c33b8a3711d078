import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

import { AppError } from "@databox-cmk/errors";
import { afterEach, expect, test, vi } from "vitest";

import type { AgentEvent } from "../../src/core/agent-event.ts";
import { createAskForGrant } from "../../src/daemon/ask-for-grant.ts";
import { createNodeState, type Daemon } from "../../src/daemon/daemon.ts";
import { createPasskeyKeeper } from "../../src/daemon/passkey-keeper.ts";
import { openJournal } from "../../src/journal/open-journal.ts";
import { eventOf } from "../../src/node/event-of.ts";
import { requirePrepared } from "../../src/node/hold-node.ts";
import { momentIn, readBootId } from "../../src/state/boot.ts";
import { openVolume } from "../../src/volume/choose-volume.ts";
import { type AgentWorld, createPreparedWorld, SERIAL } from "../agent-world.ts";

const PASSKEY = "Right-Passkey-2345!";
const ASKS_EACH_SECONDS = 31;
const bytes = () => new TextEncoder().encode(PASSKEY);

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const takeNothing = () => Promise.reject(new AppError("AgentStateUnwritable"));

/** The boot clock as it will be. */
function passTime(seconds: number): void {
  const now = os.uptime();
  vi.restoreAllMocks();
  vi.spyOn(os, "uptime").mockReturnValue(now + seconds);
  syncBuiltinESMExports();
}

/** The daemon's part, in this process. */
function createKeeper(world: AgentWorld, changes: Partial<Pick<Daemon, "state" | "volume">> = {}) {
  const { folder, settings } = requirePrepared(world.stateDir);
  const state = createNodeState(folder);
  const reported: AgentEvent[] = [];
  const moment = () => momentIn(readBootId(world.bootIdFile));
  const { nowIso } = world.dependencies;
  const keeper = createPasskeyKeeper(
    {
      state,
      volume: openVolume(settings.volume, SERIAL, []),
      moment,
      journal: () => openJournal(folder.journalPath, { bootId: moment().bootId, nowIso }),
      context: () => ({ ...eventOf("serve", settings, world.dependencies), known: {} }),
      nowIso,
      report: (event) => {
        reported.push(event);
      },
      ...changes,
    },
    createAskForGrant(state, world.dependencies),
  );
  return { keeper, state, reported };
}

test("on a disk that takes nothing, a volume is closed at the end of its passkey's time", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes() });
  await world.run({ command: "passkey" }, { readSecret: async () => bytes() });
  const { folder, settings } = requirePrepared(world.stateDir);
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const { keeper, state, reported } = createKeeper(world, {
    state: { ...createNodeState(folder), change: takeNothing },
    volume: { ...openVolume(settings.volume, SERIAL, []), close },
  });
  const { lock } = state.read();
  if (lock.kind !== "unlocked") throw new Error("it is locked");
  passTime(86_401);
  expect(await keeper.keep(lock)).toBeGreaterThan(0);
  expect(closed).toBe(1);
  expect(reported).toMatchObject([{ event: "serve", code: "AgentStateUnwritable" }]);
});

test("a volume that got its lease beside the daemon is not reported as closed by its passkey's end", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes() });
  await world.run({ command: "passkey" }, { readSecret: async () => bytes() });
  const { keeper, state, reported } = createKeeper(world);
  const { lock } = state.read();
  if (lock.kind !== "unlocked") throw new Error("it is locked");
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  passTime(86_401);
  expect(await keeper.keep(lock)).toBe(0);
  expect(reported).toEqual([]);
  expect(state.read().lock).toMatchObject({ kind: "unlocked", lease: { ttlSeconds: 60 } });
});

test("the daemon asks for one approval for a volume that a passkey opened, and gets its lease by that", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes() });
  const { approvals } = world.broker;
  approvals.required = 1;
  await world.run({ command: "passkey" }, { readSecret: async () => bytes() });
  const { keeper, state, reported } = createKeeper(world);
  const keep = async () => {
    passTime(ASKS_EACH_SECONDS);
    const { lock } = state.read();
    if (lock.kind === "unlocked") await keeper.keep(lock);
  };
  for (let time = 1; time <= 3; time += 1) await keep();
  expect(Array.from(approvals.requests.values())).toMatchObject([{ asked: 3, state: "open" }]);
  expect(reported).toMatchObject([{ event: "serve", code: "ApprovalPending" }]);
  approvals.approve("ada");
  await keep();
  expect(state.read().lock).toMatchObject({ kind: "unlocked", lease: { ttlSeconds: 60 } });
  expect(approvals.requests.size).toBe(1);
});
