import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { openVolume } from "../src/volume/choose-volume.ts";
import { SYSTEM_FOLDERS } from "../src/volume/luks2/find-cryptsetup.ts";
import {
  createPreparedWorld,
  KINDS,
  nodeOf,
  seen,
  SERIAL,
  shownPasskey,
  typePasskey,
} from "./agent-world.ts";
import type { AgentWorld } from "./agent-world.ts";

const rekey = (world: AgentWorld) => world.run({ command: "rekey" });
const volumeOf = (world: AgentWorld, kind: "file" | "luks2") =>
  openVolume({ kind, path: world.diskPath }, SERIAL, SYSTEM_FOLDERS);
const slotsOf = (world: AgentWorld, kind: "file" | "luks2") => volumeOf(world, kind).slots;

const keptEnvelope = (world: AgentWorld) =>
  readFileSync(join(world.stateDir, "envelope.jws"), "utf8").trim();

describe.each(KINDS)("a node with a $volumeKind volume", ({ volumeKind, skip }) => {
  // Evidence: New unlock key, envelope and key slot.
  test.skipIf(skip)("is rekeyed: the new passkey opens it, the old one does not", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await world.unlock();
    const before = await shownPasskey(world);
    expect(await rekey(world)).toMatchObject({ event: "rekey", outcome: "rekeyed", generation: 2 });
    const after = await shownPasskey(world);
    expect(after).not.toEqual(before);
    expect(await slotsOf(world, volumeKind).list()).toHaveLength(1);
    await world.lock();
    expect(seen(await typePasskey(world, before))).toMatchObject({ code: "PasskeyRejected" });
    expect(seen(await typePasskey(world, after))).toMatchObject({ outcome: "unlocked" });
    await world.lock();
    expect(await world.unlock()).toMatchObject({ outcome: "unlocked", generation: 2 });
    const journal = readFileSync(join(world.stateDir, "journal.jsonl"), "utf8");
    for (const passkey of [before, after])
      expect(journal).not.toContain(new TextDecoder().decode(passkey));
    // And again, into the slot that has become free.
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed", generation: 3 });
    expect(await slotsOf(world, volumeKind).list()).toHaveLength(1);
  });

  // Evidence: New unlock key, envelope and key slot.
  test.skipIf(skip)("that a rotation overtakes is rekeyed at the second try", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await world.unlock();
    let rotations = 0;
    world.broker.intercept = async ({ path, answer }) => {
      if (path.endsWith("/rekeys") && rotations === 0) {
        rotations += 1;
        await world.broker.rewrap(SERIAL);
      }
      return answer;
    };
    const ended = await rekey(world);
    expect(ended).toMatchObject({ outcome: "rekeyed", generation: 3 });
    expect(await slotsOf(world, volumeKind).list()).toHaveLength(1);
    await world.lock();
    expect(seen(await typePasskey(world, await shownPasskey(world)))).toMatchObject({
      outcome: "unlocked",
    });
  });

  test.skipIf(skip)(
    "whose confirmation got no answer opens by either passkey, and the next unlock ends it",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      await world.unlock();
      const before = await shownPasskey(world);
      world.broker.intercept = ({ path, answer }) =>
        path.endsWith("/confirmations")
          ? (response) => {
              response.destroy();
            }
          : answer;
      expect(seen(await rekey(world))).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
      // The broker has put it in force, which the node cannot know.
      const after = await shownPasskey(world);
      expect(after).not.toEqual(before);
      expect(await world.status()).toMatchObject({ details: { rekey: "added" } });
      await world.lock();
      for (const passkey of [before, after]) {
        expect(seen(await typePasskey(world, passkey))).toMatchObject({ outcome: "unlocked" });
        await world.lock();
      }
      world.broker.intercept = undefined;
      expect(await world.unlock()).toMatchObject({ outcome: "unlocked", generation: 2 });
      expect(await slotsOf(world, volumeKind).list()).toHaveLength(1);
      const kept = volumeKind === "luks2" ? keptEnvelope(world) : undefined;
      expect(await volumeOf(world, volumeKind).readEnvelope()).toBe(kept);
      await world.lock();
      expect(seen(await typePasskey(world, before))).toMatchObject({ code: "PasskeyRejected" });
    },
  );
});

test("a customer's own passkey is replaced by a generated one", async () => {
  const unlockKey = new TextEncoder().encode("Customers-Own-Key-9");
  await using world = await createPreparedWorld({ passkeyOrigin: "customer", unlockKey });
  await world.unlock();
  expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
  await world.lock();
  expect(seen(await typePasskey(world, unlockKey))).toMatchObject({ code: "PasskeyRejected" });
});

test("without a lease nothing is asked", async () => {
  await using world = await createPreparedWorld();
  expect(seen(await rekey(world))).toMatchObject({ exit: 5, code: "RekeyNeedsLease" });
  await typePasskey(world, await shownPasskey(world));
  expect(seen(await rekey(world))).toMatchObject({ code: "RekeyNeedsLease" });
  expect(nodeOf(world).proposal).toBeUndefined();
});

test("a signed refusal is reported, and changes nothing", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  world.broker.refusal = { code: "UnlockRevoked" };
  expect(seen(await rekey(world))).toMatchObject({
    exit: 3,
    outcome: "refused",
    code: "UnlockRevoked",
  });
  expect(await slotsOf(world, "file").list()).toEqual([0]);
});

test("a proposal that was altered on the path is not accepted", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  const before = readFileSync(world.diskPath);
  world.broker.intercept = ({ path, answer }) => {
    if (!path.endsWith("/rekeys")) return answer;
    const [header, payload = "", signature] = answer.body.split(".");
    const altered = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    altered.rekey = "00000000-0000-4000-8000-000000000009";
    const body = Buffer.from(JSON.stringify(altered)).toString("base64url");
    return { ...answer, body: `${String(header)}.${body}.${String(signature)}` };
  };
  expect(seen(await rekey(world))).toMatchObject({ code: "BrokerUnreachable" });
  expect(readFileSync(world.diskPath)).toEqual(before);
  expect(MESSAGE_TYPES.rekeyProposal).toMatch(/rekey/);
});

test("where the kept slot is gone, no other is removed", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  const path = join(world.stateDir, "state.json");
  const state = JSON.parse(readFileSync(path, "utf8"));
  const rekeyMark = {
    step: "committed",
    id: state.lock.lease.id,
    env: state.lock.lease.id,
    slot: 1,
  };
  writeFileSync(path, JSON.stringify({ ...state, rekey: rekeyMark }));
  expect(seen(await rekey(world))).toMatchObject({ code: "VolumeUnavailable" });
  expect(await slotsOf(world, "file").list()).toEqual([0]);
});
