import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DEVICE_ROUTES } from "@databox-cmk/protocol";
import { folderFor, required } from "@databox-cmk/testkit";
import { beforeAll, expect, test } from "vitest";

import { openStateFolder } from "../../src/state/state-folder.ts";
import { type AgentWorld, createPreparedWorld, seen, SERIAL } from "../agent-world.ts";
import { buildAgent } from "../crash/agent-process.ts";
import { startDaemon } from "./daemon-process.ts";

const built = folderFor(beforeAll);
let agent: string;
beforeAll(async () => {
  agent = await buildAgent(built.path);
});

const nodeOf = (world: AgentWorld) => required(world.broker.nodes.get(SERIAL));
const verify = (world: AgentWorld) => world.run({ command: "journal", verify: true, last: 20 });
const delivered = async (world: AgentWorld, last: string) => {
  // Beside it, the daemon pins the keys that the broker publishes, which is a row of its own.
  const events = () => nodeOf(world).journal.map(({ event }) => event);
  await expect.poll(events).toEqual(expect.arrayContaining([last, "broker-keys"]));
  await expect
    .poll(async () => (await world.status()) as object)
    .toMatchObject({ details: { undeliveredJournalRows: 0 } });
};

/** An offline event: unlocked by an answer that a person carried. */
async function unlockOffline(world: AgentWorld): Promise<void> {
  const asked = await world.run({ command: "challenge", out: undefined, qr: false, fresh: false });
  if (!("carried" in asked)) throw new Error(JSON.stringify(asked));
  const answer = await world.broker.answerChallenge(asked.carried.text);
  const opened = await world.run(
    { command: "respond", file: undefined },
    { readStandardInput: async () => answer },
  );
  expect(seen(opened)).toMatchObject({ exit: 0 });
}

// Evidence: Journal and countersignature.
test("a daemon delivers what happened without network: receipt and journal, countersigned", async () => {
  await using world = await createPreparedWorld();
  await unlockOffline(world);
  expect(await world.status()).toMatchObject({
    details: { undeliveredReceipts: 1, undeliveredJournalRows: expect.any(Number) },
  });
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "serving" });
  await delivered(world, "unlocked");
  expect(world.broker.receipts.at(-1)).toMatchObject({ outcome: "unlocked" });
  expect(openStateFolder(world.stateDir).readState()?.receipts).toEqual([]);
  const rows = nodeOf(world).journal.length;
  expect(await verify(world)).toMatchObject({
    outcome: "verified",
    details: { rows, countersignedRows: rows, undeliveredRows: 0 },
  });
});

test("a receipt that the broker was too busy for survives the daemon's death, and is delivered once by the next", async () => {
  await using world = await createPreparedWorld();
  await unlockOffline(world);
  const refused = Promise.withResolvers<undefined>();
  world.broker.intercept = ({ path, answer }) => {
    if (path !== DEVICE_ROUTES.receipts) return answer;
    refused.resolve(undefined);
    return { status: 503, headers: { "retry-after": "1" }, body: "" };
  };
  {
    await using first = startDaemon(agent, world.stateDir);
    await refused.promise;
    process.kill(first.pid, "SIGKILL");
    await first.ended;
  }
  const waiting = openStateFolder(world.stateDir).readState()?.receipts;
  expect(waiting).toEqual([expect.objectContaining({ about: "grant", outcome: "unlocked" })]);
  world.broker.intercept = undefined;
  const before = world.broker.receipts.length;
  await using second = startDaemon(agent, world.stateDir);
  await second.event({ outcome: "serving" });
  await delivered(world, "unlocked");
  await expect.poll(() => openStateFolder(world.stateDir).readState()?.receipts).toEqual([]);
  expect(world.broker.receipts.slice(before)).toMatchObject([{ outcome: "unlocked" }]);
});

test("a broker that has forgotten rows gets them again", async () => {
  await using world = await createPreparedWorld();
  {
    await using daemon = startDaemon(agent, world.stateDir);
    await daemon.event({ outcome: "serving" });
    await delivered(world, "prepared");
  }
  nodeOf(world).journal.splice(1);
  await unlockOffline(world);
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "serving" });
  await delivered(world, "unlocked");
  expect(nodeOf(world).journal.map(({ sequence }) => sequence)).toEqual(
    nodeOf(world).journal.map((_, index) => index + 1),
  );
});

// Evidence: A rewritten audit trail.
// Evidence: Journal and countersignature.
test("a rewritten journal is detected by the broker, and by verify without a network", async () => {
  await using world = await createPreparedWorld();
  {
    await using daemon = startDaemon(agent, world.stateDir);
    await daemon.event({ outcome: "serving" });
    await delivered(world, "prepared");
  }
  const path = join(world.stateDir, "journal.jsonl");
  const before = readFileSync(path, "utf8");
  await unlockOffline(world);
  {
    await using daemon = startDaemon(agent, world.stateDir);
    await daemon.event({ outcome: "serving" });
    await delivered(world, "unlocked");
  }
  // An attacker sets the journal back and continues from there: each row of it is sealed and
  // linked.
  writeFileSync(path, before);
  const folder = openStateFolder(world.stateDir);
  const state = required(folder.readState());
  const { journalHead: _journalHead, ...rest } = state;
  folder.writeState(rest);
  await world.lock();
  expect(seen(await verify(world))).toMatchObject({
    exit: 5,
    code: "JournalBroken",
    reason: "fork",
  });
  for (let again = 0; again < 3; again += 1) await unlockOffline(world);
  await using daemon = startDaemon(agent, world.stateDir);
  expect(await daemon.event({ code: "JournalBroken" })).toMatchObject({ reason: "fork" });
});

test("a journal that is gone is reported, and not taken for an empty one", async () => {
  await using world = await createPreparedWorld();
  await using daemon = startDaemon(agent, world.stateDir);
  await daemon.event({ outcome: "serving" });
  await delivered(world, "prepared");
  rmSync(join(world.stateDir, "journal.jsonl"));
  expect(await daemon.event({ code: "AgentStateUnreadable" })).toMatchObject({
    detail: expect.stringContaining("journal.jsonl: missing") as string,
  });
});

test("a journal that is gone before the daemon starts is reported too", async () => {
  await using world = await createPreparedWorld();
  rmSync(join(world.stateDir, "journal.jsonl"));
  await using daemon = startDaemon(agent, world.stateDir);
  expect(await daemon.event({ code: "AgentStateUnreadable" })).toMatchObject({
    detail: expect.stringContaining("journal.jsonl: missing") as string,
  });
});

test("a journal that is gone and begun again is reported, also when it is shorter than before", async () => {
  await using world = await createPreparedWorld();
  await unlockOffline(world);
  {
    await using daemon = startDaemon(agent, world.stateDir);
    await daemon.event({ outcome: "serving" });
    await delivered(world, "unlocked");
  }
  const known = nodeOf(world).journal.length;
  rmSync(join(world.stateDir, "journal.jsonl"));
  await world.lock();
  await using daemon = startDaemon(agent, world.stateDir);
  expect(await daemon.event({ code: "JournalBroken" })).toMatchObject({ reason: "fork" });
  expect(nodeOf(world).journal).toHaveLength(known);
});

test("a journal whose end was cut off is reported", async () => {
  await using world = await createPreparedWorld();
  const path = join(world.stateDir, "journal.jsonl");
  const before = readFileSync(path, "utf8");
  await unlockOffline(world);
  {
    await using daemon = startDaemon(agent, world.stateDir);
    await daemon.event({ outcome: "serving" });
    await delivered(world, "unlocked");
  }
  writeFileSync(path, before);
  await using daemon = startDaemon(agent, world.stateDir);
  expect(await daemon.event({ code: "JournalBroken" })).toMatchObject({ reason: "fork" });
});
