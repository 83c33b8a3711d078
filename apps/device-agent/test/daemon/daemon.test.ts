import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { folderFor } from "@databox-cmk/testkit";
import { beforeAll, expect, test } from "vitest";
import * as z from "zod";

import { type AgentWorld, createPreparedWorld } from "../agent-world.ts";
import { buildAgent } from "../crash/agent-process.ts";
import { UiClient } from "../local-ui/ui-client.ts";
import { startDaemon } from "./daemon-process.ts";

const built = folderFor(beforeAll);
let agent: string;
beforeAll(async () => {
  agent = await buildAgent(built.path);
});

const PASSKEY = new TextEncoder().encode("Right-Passkey-2345!");
const typePasskey = (world: AgentWorld) =>
  world.run({ command: "passkey" }, { readSecret: async () => PASSKEY.slice() });

test("a second daemon of one folder ends, and names the first", async () => {
  await using world = await createPreparedWorld();
  await using first = startDaemon(agent, world.stateDir);
  await first.event({ outcome: "serving" });
  await using second = startDaemon(agent, world.stateDir);
  expect(await second.event({ code: "AgentBusy" })).toMatchObject({
    reason: "service",
    detail: `process ${String(first.pid)} is databox-agent serve of ${world.stateDir}`,
  });
  expect(await second.ended).toBe(5);
  // Commands beside it go on.
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
});

test("a daemon that was killed leaves the folder free for the next", async () => {
  await using world = await createPreparedWorld();
  {
    await using first = startDaemon(agent, world.stateDir);
    await first.event({ outcome: "serving" });
    process.kill(first.pid, "SIGKILL");
    await first.ended;
  }
  await using second = startDaemon(agent, world.stateDir);
  expect(await second.event({ outcome: "serving" })).toMatchObject({ event: "serve" });
});

test("a volume that a passkey opened gets a lease as soon as the broker answers", async () => {
  await using world = await createPreparedWorld({ unlockKey: PASSKEY.slice() });
  await typePasskey(world);
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "serving" });
  await expect
    .poll(async () => (await world.status()) as object)
    .toMatchObject({ outcome: "unlocked", details: { lease: expect.any(String) } });
  await expect.poll(() => world.broker.receipts.at(-1)).toMatchObject({ outcome: "unlocked" });
});

test("a volume that a passkey opened is closed by the broker's refusal", async () => {
  await using world = await createPreparedWorld({ unlockKey: PASSKEY.slice() });
  await typePasskey(world);
  world.broker.refusal = { code: "UnlockRevoked" };
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "refused", code: "UnlockRevoked", relocked: true });
  expect(await world.status()).toMatchObject({ outcome: "locked" });
});

test("a volume that a passkey opened stays open without an authoritative answer", async () => {
  await using world = await createPreparedWorld({ unlockKey: PASSKEY.slice() });
  await world.broker[Symbol.asyncDispose]();
  await typePasskey(world);
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "unreachable", code: "BrokerUnreachable" });
  expect(await world.status()).toMatchObject({ outcome: "unlocked" });
});

test("with --lock-on-exit the volume that a passkey opened is closed at the end", async () => {
  await using world = await createPreparedWorld({ unlockKey: PASSKEY.slice() });
  await world.broker[Symbol.asyncDispose]();
  await typePasskey(world);
  {
    await using daemon = startDaemon(agent, world.stateDir, ["--lock-on-exit"]);
    await daemon.event({ outcome: "unreachable" });
  }
  expect(await world.status()).toMatchObject({ outcome: "locked" });
  expect(readFileSync(join(world.stateDir, "journal.jsonl"), "utf8").trim()).toMatch(
    /"event":"locked".*$/,
  );
});

test("serves the local UI at the given port, and shows events of other commands on the page", async () => {
  await using world = await createPreparedWorld({ unlockKey: PASSKEY.slice() });
  const ui = ["--ui-port", "0", "--ui-host", "127.0.0.1", "--ui-model", "Data Box Heavy"];
  await using daemon = startDaemon(agent, world.stateDir, ui);
  const { details } = await daemon.event({ outcome: "serving" });
  const { uiPort } = z.object({ uiPort: z.number() }).parse(details);
  const client = new UiClient(uiPort);
  expect((await client.get("/api/state")).json).toMatchObject({
    node: { model: "Data Box Heavy" },
  });
  const opened = client.event((state) => state.lock.kind === "unlocked");
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  expect(await opened).toMatchObject({ lock: { by: "network" } });
});

test("goes on when the reader of its output has left", async () => {
  await using world = await createPreparedWorld();
  await using daemon = startDaemon(agent, world.stateDir, ["--ui-port", "0"]);
  const { details } = await daemon.event({ outcome: "serving" });
  const { uiPort } = z.object({ uiPort: z.number() }).parse(details);
  daemon.deafen();
  const client = new UiClient(uiPort);
  for (let round = 0; round < 3; round += 1) {
    await client.event(({ lock }) => lock.kind === "locked");
    expect(await client.post("/api/unlock")).toMatchObject({ status: 202 });
    await client.event(
      ({ lock, operation }) => lock.kind === "unlocked" && operation?.outcome === "done",
    );
    expect(await world.run({ command: "lock", prepareToShip: false })).toMatchObject({
      outcome: "locked",
    });
  }
  expect((await client.get("/api/state")).status).toBe(200);
});

test("a UI port that is taken is named", async () => {
  await using world = await createPreparedWorld();
  await using first = startDaemon(agent, world.stateDir, ["--ui-port", "0"]);
  const { details } = await first.event({ outcome: "serving" });
  const { uiPort } = z.object({ uiPort: z.number() }).parse(details);
  await using other = await createPreparedWorld();
  await using second = startDaemon(agent, other.stateDir, ["--ui-port", String(uiPort)]);
  expect(await second.event({ code: "PortInUse" })).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({ command: expect.stringContaining(String(uiPort)) }),
    ]),
  });
});

test("the wait for news renews the lease, so that an open appliance sends nothing else", async () => {
  await using world = await createPreparedWorld();
  const { broker } = world;
  const { watches, renewals } = broker;
  const heldSequence = () => watches.at(-1)?.sequence ?? 0;
  Object.assign(broker, { renewsByWatch: true, watchMs: 700 });
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "serving" });
  await expect.poll(heldSequence, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(renewals).toEqual([]);
  // A replica without place holds no answer: it is asked again when a renewal is due.
  broker.leaseTerms = { ttlSeconds: 3, outageGraceSeconds: 60 };
  const known = heldSequence();
  await expect.poll(heldSequence, { timeout: 20_000 }).toBeGreaterThan(known + 1);
  broker.watchMs = 0;
  const { length } = watches;
  const since = performance.now();
  await setTimeout(3_000);
  expect(watches.length - length).toBeLessThan((performance.now() - since) / 500);
  // A broker that went back to a former version.
  broker.renewsByWatch = false;
  const { length: alone } = renewals;
  await expect.poll(() => renewals.length, { timeout: 20_000 }).toBeGreaterThan(alone);
});
