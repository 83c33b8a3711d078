import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { takeAgentLock } from "../src/state/agent-lock.ts";
import {
  createAgentWorld,
  createPreparedWorld,
  HAS_CRYPTSETUP,
  KINDS,
  seen,
  SERIAL,
} from "./agent-world.ts";

describe.each(KINDS)("a node with a $volumeKind volume", ({ volumeKind, proof, skip }) => {
  test.skipIf(skip)("is prepared, unlocked, locked and unlocked again", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    expect(seen(await world.status())).toMatchObject({ exit: 0, outcome: "locked" });
    expect(await world.unlock()).toMatchObject({
      event: "unlock",
      node: SERIAL,
      outcome: "unlocked",
      volume: volumeKind,
      proof,
      generation: 1,
    });
    expect(seen(await world.status())).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(seen(await world.lock())).toMatchObject({ exit: 0, outcome: "locked" });
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    const outcomes = world.broker.receipts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["prepared", "unlocked", "unlocked"]);
  });

  test.skipIf(skip)("keeps the newer envelope that comes with a grant", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await world.broker.rewrap(SERIAL);
    expect(await world.unlock()).toMatchObject({ outcome: "unlocked", generation: 2 });
    await world.unlock();
    expect(world.broker.unlockRequests.map(({ generation }) => generation)).toEqual([1, 1, 2]);
  });

  test.skipIf(skip)(
    "with another key than the volume's is refused by the volume, and says so",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      await using other = await createPreparedWorld({ volumeKind });
      const path = join(other.stateDir, "agent.json");
      const settings = readFileSync(path, "utf8").replace(other.diskPath, world.diskPath);
      rmSync(path);
      writeFileSync(path, settings, { mode: 0o600 });
      expect(seen(await other.unlock())).toMatchObject({ exit: 5, code: "VolumeRejectedKey" });
      expect(other.broker.receipts.at(-1)).toMatchObject({
        outcome: "failed",
        code: "VolumeRejectedKey",
      });
      expect(seen(await other.status())).toMatchObject({ outcome: "locked" });
    },
  );
});

test("the answers of a newer broker are read, with all that it has added to them", async () => {
  await using world = await createAgentWorld();
  world.broker.extensions = { later: { members: [1, "two"] } };
  expect(seen(await world.prepare())).toMatchObject({ exit: 0, outcome: "prepared" });
  expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
  await world.lock();
  world.broker.refusal = { code: "UnlockRevoked" };
  expect(seen(await world.unlock())).toMatchObject({ exit: 3, code: "UnlockRevoked" });
});

test("a refusal that the broker signed is refused, with its steps", async () => {
  await using world = await createPreparedWorld();
  world.broker.refusal = {
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-policy",
  };
  const event = await world.unlock();
  expect(seen(event)).toEqual({
    exit: 3,
    outcome: "refused",
    code: "SsemUserErrorKeyVaultBadRequestException",
    reason: "access-policy",
  });
  expect(event).toMatchObject({ who: "security-administrator", correlationId: expect.any(String) });
  expect("steps" in event && event.steps.length).toBeGreaterThan(0);
});

test("a signed refusal closes a volume that an earlier unlock left open", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  world.broker.refusal = { code: "SsemUserErrorEncryptionKeyDisabled" };
  expect(await world.unlock()).toMatchObject({ outcome: "refused", relocked: true });
  expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
});

test("the broker's own trouble with the vault is unreachable and closes nothing", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  world.broker.refusal = { code: "KeyVaultUnreachable", reason: "timeout" };
  expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "KeyVaultUnreachable" });
  expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
});

test("another boot locks the node", async () => {
  await using world = await createPreparedWorld();
  await world.unlock();
  world.boot("boot-number-2");
  const status = await world.status();
  expect(status).toMatchObject({ outcome: "locked", notes: [expect.stringContaining("boot")] });
});

test("an expired challenge is tried once more with a fresh one", async () => {
  await using world = await createPreparedWorld();
  world.broker.expireChallenges = 1;
  expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
  world.broker.expireChallenges = 2;
  expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "NonceExpired" });
});

/** The loader of modules reads the clock too, so they are loaded before. */
async function createUnlockedWorld() {
  const world = await createPreparedWorld();
  expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
  return world;
}

/** A clock by which each try to take the lock is a second after the one before. */
function countTries(onSecond: (second: number) => void) {
  let second = 0;
  return vi.spyOn(performance, "now").mockImplementation(() => {
    onSecond(second);
    return second++ * 1_000;
  });
}

describe("while another command changes the node, an unlock", () => {
  test("waits for its end", async () => {
    await using world = await createUnlockedWorld();
    using other = new DisposableStack();
    other.use(takeAgentLock(world.stateDir));
    using clock = countTries((second) => {
      if (second === 5) other.dispose();
    });
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(clock.mock.calls.length).toBeGreaterThan(5);
  });

  test("gives up after six seconds", async () => {
    await using world = await createUnlockedWorld();
    using other = takeAgentLock(world.stateDir);
    void other;
    using clock = countTries(() => undefined);
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, code: "AgentBusy" });
    expect(clock.mock.calls.length).toBeGreaterThan(6);
  });
});

test("the counter is on disk before the request is on the wire", async () => {
  await using world = await createPreparedWorld();
  const stored: number[] = [];
  const sent: number[] = [];
  world.broker.intercept = ({ path, request, answer }) => {
    if (path !== "/device/v1/challenges") {
      const state: unknown = JSON.parse(readFileSync(join(world.stateDir, "state.json"), "utf8"));
      const payload: unknown = JSON.parse(
        Buffer.from(request.split(".")[1] ?? "", "base64url").toString(),
      );
      stored.push((state as { counter: number }).counter);
      sent.push((payload as { counter: number }).counter);
    }
    return answer;
  };
  await world.unlock();
  await world.unlock();
  expect(sent).toEqual(stored);
  expect(new Set(sent).size).toBe(4);
});

test("the head of the audit chain that the broker acknowledges is journalled, a wrong one is not", async () => {
  await using world = await createPreparedWorld();
  const auditHead = { sequence: 7, hash: "A".repeat(43) };
  const acknowledged = async () => {
    await world.unlock();
    const { rows } = (await world.run({ command: "journal", verify: false, last: 1 })) as {
      rows: unknown;
    };
    return rows;
  };
  world.broker.extensions = { auditHead };
  expect(await acknowledged()).toMatchObject([
    { event: "acknowledged", facts: { auditSequence: 7, auditHash: auditHead.hash } },
  ]);
  world.broker.extensions = { auditHead: { sequence: "7" } };
  expect(await acknowledged()).toMatchObject([{ event: "unlocked" }]);
});

test("a receipt that cannot be delivered is journalled and does not fail the unlock", async () => {
  await using world = await createPreparedWorld();
  world.broker.intercept = ({ path, answer }) =>
    path === "/device/v1/receipts" ? { status: 502, headers: {}, body: "" } : answer;
  const event = await world.unlock();
  expect(event).toMatchObject({
    outcome: "unlocked",
    notes: [expect.stringContaining("BrokerUnreachable")],
  });
  const journal = await world.run({ command: "journal", verify: false, last: 10 });
  expect(journal).toMatchObject({
    rows: expect.arrayContaining([expect.objectContaining({ event: "receipt-undelivered" })]),
  });
});

test("a lost envelope file is read from the volume itself", async ({ skip }) => {
  skip(!HAS_CRYPTSETUP, "no cryptsetup on this machine");
  await using world = await createPreparedWorld({ volumeKind: "luks2" });
  rmSync(join(world.stateDir, "envelope.jws"));
  expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
});

test("a missing volume is named before the broker is asked", async () => {
  await using world = await createPreparedWorld();
  rmSync(world.diskPath);
  const before = world.broker.unlockRequests.length;
  expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "VolumeNotFound" });
  expect(world.broker.unlockRequests).toHaveLength(before);
});

test("no secret is in the state, the journal or the output", async () => {
  const unlockKey = new TextEncoder().encode("Canary-9-passkey-That-must-not-show!");
  await using world = await createPreparedWorld({ unlockKey });
  const output = JSON.stringify([await world.unlock(), await world.status()]);
  const files = readdirSync(world.stateDir).map((name) =>
    readFileSync(join(world.stateDir, name), "latin1"),
  );
  const node = world.broker.nodes.get(SERIAL);
  const secrets = [
    "Canary-9-passkey",
    Buffer.from(unlockKey).toString("base64url"),
    Buffer.from(node?.contentKey ?? []).toString("base64url"),
    Buffer.from(node?.contentKey ?? []).toString("latin1"),
    node?.enrolmentCode ?? "",
  ];
  for (const secret of secrets)
    for (const text of [output, ...files]) expect(text.includes(secret)).toBe(false);
});
