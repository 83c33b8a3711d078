import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { generateSigningKey, messageHash, signMessage } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import type { AgentEvent } from "../../src/core/agent-event.ts";
import type { UnlockOptions } from "../../src/core/command.ts";
import { createStateStore, openStateFolder } from "../../src/state/state-folder.ts";
import { createPreparedWorld, HAS_CRYPTSETUP, seen, SERIAL } from "../agent-world.ts";
import type { AgentWorld } from "../agent-world.ts";

const REASON = "restore for project 7";

async function createGuardedWorld(required = 2): Promise<AgentWorld> {
  const world = await createPreparedWorld();
  world.broker.approvals.required = required;
  return world;
}

const fileOf = (world: AgentWorld) => join(world.stateDir, "waiting-request.json");
const journalOf = (world: AgentWorld) =>
  readFileSync(join(world.stateDir, "journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line): string => JSON.parse(line).event);
const unlocksOf = (world: AgentWorld) =>
  world.broker.unlockRequests.filter(({ purpose }) => purpose === "unlock");

/**
 * An unlock that waits. Each pause between two questions does the next of `turns`; after the last
 * the wait is given up.
 */
async function waitWith(
  world: AgentWorld,
  turns: readonly (() => unknown)[],
  unlock: Partial<UnlockOptions> = {},
) {
  const told: AgentEvent[] = [];
  const left = [...turns];
  const event = await world.unlock(
    {
      report: (shown) => {
        told.push(shown);
      },
      pause: async () => {
        const turn = left.shift();
        if (turn === undefined) process.emit("SIGINT");
        else await turn();
      },
    },
    { approval: "wait", ...unlock },
  );
  expect(left).toEqual([]);
  return { event, told };
}

const nothing = () => undefined;
/** The broker has given a grant, and its answer does not come. */
function lose(world: AgentWorld): void {
  world.broker.intercept = ({ path, answer }) =>
    path === "/device/v1/unlocks" ? { status: 502, headers: {}, body: "" } : answer;
}

describe("an unlock that two people must approve", () => {
  test("opens by a grant that brings the envelope which the node got from the daemon meanwhile", async () => {
    await using world = await createGuardedWorld(1);
    const { broker, stateDir } = world;
    const { event } = await waitWith(world, [
      async () => {
        await broker.rewrap(SERIAL);
        const { signedEnvelope = "", generation = 0 } = broker.nodes.get(SERIAL) ?? {};
        const folder = openStateFolder(stateDir);
        folder.writeEnvelope(signedEnvelope);
        const stored = folder.readState();
        if (stored !== undefined) createStateStore(folder, stored).update({ generation });
        broker.approvals.approve("ada@example.com");
      },
    ]);
    expect(seen(event)).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(event).toMatchObject({ generation: 2 });
  });

  test("waits, says who has approved, and opens the volume by the one request", async () => {
    await using world = await createGuardedWorld();
    const { approvals } = world.broker;
    const { event, told } = await waitWith(
      world,
      [
        nothing,
        () => {
          approvals.approve("ada@example.com");
        },
        nothing,
        () => {
          approvals.approve("ben@example.com");
        },
      ],
      { reason: REASON },
    );
    expect(seen(event)).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(told).toMatchObject([
      {
        outcome: "pending",
        code: "ApprovalPending",
        who: "security-administrator",
        approval: { required: 2, given: 0, reason: REASON, leftSeconds: 3600 },
      },
      { outcome: "waiting", approval: { given: 1, approvedBy: ["ada@example.com"] } },
    ]);
    expect(Array.from(approvals.requests.values())).toMatchObject([
      { asked: 5, reason: REASON, state: "released" },
    ]);
    expect(unlocksOf(world)).toHaveLength(1);
    expect(existsSync(fileOf(world))).toBe(false);
    expect(journalOf(world).slice(-2)).toEqual(["approval-waiting", "unlocked"]);
    expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
  });

  test("names the order, the approval and the commands to those who must act", async () => {
    await using world = await createGuardedWorld();
    const event = await world.unlock();
    const { id } = world.broker.approvals.open();
    const steps = "steps" in event ? event.steps : [];
    const commands = steps.map(({ command }) => command);
    expect(commands[1]).toContain(`${world.broker.order}/approvals/${id}/approve`);
    expect(commands).toContain("databox-agent unlock --cancel");
    expect(JSON.stringify(event)).not.toMatch(/[{<][a-zA-Z]+[}>]/);
  });

  test("is given up by a signal, kept, and gone on with by the next unlock", async () => {
    await using world = await createGuardedWorld();
    const { approvals } = world.broker;
    const { event } = await waitWith(world, [nothing]);
    expect(seen(event)).toMatchObject({ exit: 6, outcome: "pending", code: "ApprovalPending" });
    const { id } = approvals.open();
    approvals.approve("ada");
    approvals.approve("ben");
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(Array.from(approvals.requests.values())).toMatchObject([{ id, state: "released" }]);
  });

  test("without waiting ends with 6 each time, and asks for one approval only", async () => {
    await using world = await createGuardedWorld();
    const { approvals } = world.broker;
    for (let run = 1; run <= 3; run += 1)
      expect(seen(await world.unlock())).toMatchObject({ exit: 6, code: "ApprovalPending" });
    expect(Array.from(approvals.requests.values())).toMatchObject([{ asked: 3 }]);
    expect(statSync(fileOf(world)).mode & 0o777).toBe(0o600);
    expect(journalOf(world).filter((name) => name === "approval-waiting")).toHaveLength(1);
    for (const name of ["ada", "ben"]) approvals.approve(name);
    expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
    // Used up: who locks the volume must ask again.
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject({ exit: 6 });
    expect(approvals.requests.size).toBe(2);
  });

  test.skipIf(!HAS_CRYPTSETUP)("opens a LUKS2 volume like any other", async () => {
    await using world = await createPreparedWorld({ volumeKind: "luks2" });
    world.broker.approvals.required = 1;
    const { event } = await waitWith(world, [
      nothing,
      () => {
        world.broker.approvals.approve("ada");
      },
    ]);
    expect(event).toMatchObject({ outcome: "unlocked", volume: "luks2", proof: "cryptsetup" });
  });

  test("takes the newer envelope that came into force while it waited", async () => {
    await using world = await createGuardedWorld(1);
    await world.unlock();
    await world.broker.rewrap(SERIAL);
    world.broker.approvals.approve("ada");
    expect(await world.unlock()).toMatchObject({ outcome: "unlocked", generation: 2 });
  });

  test("shows in the status since when, until when and why it waits, and never its key", async () => {
    await using world = await createGuardedWorld();
    expect((await world.status()).approval).toBeUndefined();
    await world.unlock({}, { reason: REASON });
    const event = await world.status();
    expect(event).toMatchObject({
      outcome: "locked",
      approval: { required: 2, given: 0, reason: REASON, since: expect.stringMatching(/Z$/) },
    });
    const { privateKey } = JSON.parse(readFileSync(fileOf(world), "utf8"));
    expect(JSON.stringify(event)).not.toContain(privateKey);
    world.boot("boot-number-2");
    expect((await world.status()).approval).toBeUndefined();
  });
});

describe("the end of the wait", () => {
  test.each([
    ["ApprovalRejected", undefined, { exit: 3, outcome: "refused" }],
    ["ApprovalExpired", "time", { exit: 5, outcome: "invalid" }],
    ["ApprovalExpired", "revoked", { exit: 5, outcome: "invalid" }],
    ["UnlockRevoked", undefined, { exit: 3, outcome: "refused" }],
  ] as const)("%s %s, and the next unlock starts a new request", async (code, reason, ending) => {
    await using world = await createGuardedWorld();
    const { approvals } = world.broker;
    const { event } = await waitWith(world, [
      () => {
        approvals.end(code, reason);
      },
    ]);
    expect(seen(event)).toEqual({ ...ending, code, reason });
    expect(event).toMatchObject({ who: expect.any(String), correlationId: expect.any(String) });
    expect(existsSync(fileOf(world))).toBe(false);
    expect(journalOf(world).at(-1)).toBe("unlock-denied");
    expect(seen(await world.unlock())).toMatchObject({ exit: 6 });
    expect(approvals.requests.size).toBe(2);
  });

  test("a refusal of the vault after the approvals", async () => {
    await using world = await createGuardedWorld(1);
    const { approvals } = world.broker;
    const { event } = await waitWith(world, [
      () => {
        approvals.approve("ada");
        world.broker.refusal = { code: "SsemUserErrorEncryptionKeyDisabled" };
      },
    ]);
    expect(seen(event)).toMatchObject({ exit: 3, code: "SsemUserErrorEncryptionKeyDisabled" });
  });

  // Evidence: A copied agent folder during an approval.
  test("a restart: neither the request nor its key outlives the boot", async () => {
    await using world = await createGuardedWorld();
    await world.unlock();
    const before = readFileSync(fileOf(world), "utf8");
    world.boot("boot-number-2");
    expect(seen(await world.unlock())).toMatchObject({ exit: 6 });
    const after = readFileSync(fileOf(world), "utf8");
    expect(JSON.parse(after).privateKey).not.toBe(JSON.parse(before).privateKey);
    expect(world.broker.approvals.requests.size).toBe(2);
  });

  test("locking an open volume, or preparing it to ship; not locking a locked one", async () => {
    await using world = await createGuardedWorld();
    await world.unlock();
    await world.lock();
    expect(existsSync(fileOf(world))).toBe(true);
    await world.run({ command: "lock", prepareToShip: true });
    expect(existsSync(fileOf(world))).toBe(false);
    world.broker.approvals.required = 0;
    await world.unlock();
    world.broker.approvals.required = 1;
    await world.unlock();
    expect(existsSync(fileOf(world))).toBe(true);
    await world.lock();
    expect(existsSync(fileOf(world))).toBe(false);
  });
});

describe("another command of the node", () => {
  test("can open the volume meanwhile", async () => {
    await using world = await createGuardedWorld(1);
    const { approvals } = world.broker;
    const { event } = await waitWith(world, [
      async () => {
        approvals.approve("ada");
        expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
      },
    ]);
    expect(event).toMatchObject({
      outcome: "unlocked",
      notes: [expect.stringContaining("another command")],
    });
    expect(unlocksOf(world)).toHaveLength(1);
  });

  test("can drop the request, which needs no broker", async () => {
    await using world = await createGuardedWorld();
    const { event } = await waitWith(world, [
      async () => {
        world.broker.intercept = () => ({ status: 502, headers: {}, body: "" });
        const dropped = await world.unlock({}, { approval: "drop" });
        expect(dropped).toMatchObject({ outcome: "cancelled" });
      },
    ]);
    expect(seen(event)).toMatchObject({ exit: 5, code: "ApprovalExpired", reason: "dropped" });
    expect(journalOf(world).at(-1)).toBe("approval-dropped");
    expect(await world.unlock({}, { approval: "drop" })).toMatchObject({
      outcome: "cancelled",
      notes: ["no request waited"],
    });
  });

  test("keeps the purpose of its request, and does not change it", async () => {
    await using world = await createGuardedWorld();
    expect(seen(await world.unlock({}, { purpose: "ingest" }))).toMatchObject({ exit: 6 });
    const event = await world.unlock({}, { purpose: "unlock" });
    expect(seen(event)).toMatchObject({ exit: 2, code: "Misuse" });
    expect(JSON.stringify(event)).toContain("--purpose: a request to ingest is waiting");
    for (const name of ["ada", "ben"]) world.broker.approvals.approve(name);
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    const asked = world.broker.unlockRequests.map(({ purpose }) => purpose);
    expect(new Set(asked.slice(1))).toEqual(new Set(["ingest"]));
  });

  test("has the purpose that the stage of the order allows, if the person names none", async () => {
    await using world = await createGuardedWorld(1);
    world.broker.stagePurpose = "ingest";
    const named = await world.unlock({}, { purpose: "unlock" });
    expect(seen(named)).toMatchObject({ exit: 3, code: "PurposeForbidden", reason: "ingest" });
    const rows = journalOf(world).length;
    expect(seen(await world.unlock())).toMatchObject({ exit: 6, code: "ApprovalPending" });
    expect(journalOf(world).slice(rows)).toEqual(["approval-waiting"]);
    const other = await world.unlock({}, { purpose: "unlock" });
    expect(JSON.stringify(other)).toContain("--purpose: a request to ingest is waiting");
    world.broker.approvals.approve("ada");
    expect(seen(await world.unlock())).toMatchObject({ exit: 0, outcome: "unlocked" });
    expect(world.broker.unlockRequests.at(-1)).toMatchObject({ purpose: "ingest" });
  });

  test("cannot give the request another reason than the one that approvers were shown", async () => {
    await using world = await createGuardedWorld();
    await world.unlock({}, { reason: REASON });
    const event = await world.unlock({}, { reason: "something else" });
    expect(seen(event)).toMatchObject({ exit: 2, code: "Misuse" });
    expect(event).toMatchObject({ detail: expect.stringContaining(REASON) });
    expect(seen(await world.unlock({}, { reason: REASON }))).toMatchObject({ exit: 6 });
    expect(world.broker.approvals.requests.size).toBe(1);
  });
});

describe("while nobody answers", () => {
  test.each([
    ["the network", "BrokerUnreachable"],
    ["the broker", "BrokerBusy"],
    ["the vault", "KeyVaultUnreachable"],
  ] as const)("%s is waited for, told once, and never shown as a refusal", async (_who, code) => {
    await using world = await createGuardedWorld(1);
    const { broker } = world;
    const breakDown = () => {
      broker.approvals.approve("ada");
      if (code === "KeyVaultUnreachable") broker.refusal = { code, reason: "timeout" };
      else
        broker.intercept = () => ({
          status: code === "BrokerBusy" ? 503 : 502,
          headers: {},
          body: "",
        });
    };
    const mend = () => {
      broker.intercept = undefined;
      broker.refusal = undefined;
    };
    const before = journalOf(world).length;
    const { event, told } = await waitWith(world, [nothing, breakDown, nothing, nothing, mend]);
    expect(seen(event)).toMatchObject({ outcome: "unlocked" });
    expect(told.map(({ outcome }) => outcome)).toEqual(["pending", "waiting"]);
    expect(told[1]).toMatchObject({ notes: [expect.stringContaining(code)] });
    expect(journalOf(world).slice(before)).toEqual(["approval-waiting", "unlocked"]);
    expect(broker.approvals.requests.size).toBe(1);
  });

  test("and answers again, the event says so", async () => {
    await using world = await createGuardedWorld();
    const { broker } = world;
    const { told } = await waitWith(world, [
      () => {
        broker.intercept = () => ({ status: 502, headers: {}, body: "" });
      },
      () => {
        broker.intercept = undefined;
      },
    ]);
    expect(told.map(({ outcome }) => outcome)).toEqual(["pending", "waiting", "waiting"]);
    expect(JSON.stringify(told[2])).not.toContain('"notes"');
  });
});

describe("a grant that was lost in transit", () => {
  test("is given again to the same request", async () => {
    await using world = await createGuardedWorld(1);
    const { broker } = world;
    const { event } = await waitWith(world, [
      () => {
        broker.approvals.approve("ada");
        lose(world);
      },
      () => {
        broker.intercept = undefined;
      },
    ]);
    expect(seen(event)).toMatchObject({ outcome: "unlocked" });
    expect(broker.approvals.requests.size).toBe(1);
  });

  // Evidence: A copied agent folder during an approval.
  test("for too long costs another approval, which is asked for at once", async () => {
    await using world = await createGuardedWorld(1);
    const { broker } = world;
    const { event, told } = await waitWith(world, [
      () => {
        broker.approvals.approve("ada");
        lose(world);
      },
      () => {
        for (const request of broker.approvals.requests.values()) request.state = "forgotten";
        broker.intercept = undefined;
      },
      () => {
        broker.approvals.approve("ben");
      },
    ]);
    expect(seen(event)).toMatchObject({ outcome: "unlocked" });
    expect(broker.approvals.requests.size).toBe(2);
    const ids = told.map(({ approval }) => approval?.id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("an attacker on the path", () => {
  const JOSE = { "content-type": "application/jose" };
  const stranger = generateSigningKey().key;
  /** Answers to unlocks, signed again by a key and for a request of the forger's choice. */
  const forge = (world: AgentWorld, typ: string, payload: object, key = stranger) => {
    world.broker.intercept = async ({ path, request, answer }) => {
      if (path !== "/device/v1/unlocks") return answer;
      const body = await signMessage(key, typ, { requestHash: messageHash(request), ...payload });
      return { status: 200, headers: JOSE, body };
    };
  };
  const PENDING = {
    retryAfterSeconds: 5,
    correlationId: "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11",
    approval: {
      id: "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11",
      required: 1,
      given: 0,
      approvedBy: [],
      expiresInSeconds: 3600,
    },
  };
  const REJECTION = {
    code: "ApprovalRejected",
    class: "refused",
    who: "nobody",
    title: "t",
    message: "m",
    ask: "a",
    steps: [],
    correlationId: PENDING.correlationId,
  };

  test.each([
    ["a stranger signed it", {}, undefined],
    ["it is for another request", { requestHash: messageHash("another") }, "broker"],
  ])("cannot make a node wait: %s", async (_what, change, signer) => {
    await using world = await createGuardedWorld(0);
    const key = signer === "broker" ? world.broker.signingKey : stranger;
    forge(world, MESSAGE_TYPES.pending, { ...PENDING, ...change }, key);
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason: "unsigned-answer" });
    expect(existsSync(fileOf(world))).toBe(false);
  });

  test("cannot end a wait by a refusal that the broker did not sign for this request", async () => {
    await using world = await createGuardedWorld(1);
    const { broker } = world;
    const { event, told } = await waitWith(world, [
      () => {
        forge(world, MESSAGE_TYPES.denial, REJECTION);
      },
      () => {
        const change = { ...REJECTION, requestHash: messageHash("another") };
        forge(world, MESSAGE_TYPES.denial, change, broker.signingKey);
      },
      () => {
        broker.intercept = () => ({
          status: 403,
          headers: { "content-type": "text/html" },
          body: "<h1>Blocked</h1>",
        });
      },
      () => {
        broker.intercept = undefined;
        broker.approvals.approve("ada");
      },
    ]);
    expect(seen(event)).toMatchObject({ outcome: "unlocked" });
    expect(told.map(({ outcome }) => outcome)).not.toContain("refused");
  });
});

test("a file that was damaged is named, and dropped like any other", async () => {
  await using world = await createGuardedWorld(0);
  writeFileSync(fileOf(world), '{"version":1}', { mode: 0o600 });
  expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "AgentStateUnreadable" });
  expect(await world.unlock({}, { approval: "drop" })).toMatchObject({ outcome: "cancelled" });
  expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
});

test("an answer that a person carried opens the volume, and the request no longer waits", async () => {
  await using world = await createGuardedWorld();
  await world.unlock();
  const made = await world.run({ command: "challenge", out: undefined, qr: false, fresh: false });
  const carried = "carried" in made ? made.carried.text : "";
  const answer = await world.broker.answerChallenge(carried);
  const responded = await world.run(
    { command: "respond", file: undefined },
    { readStandardInput: async () => answer },
  );
  expect(seen(responded)).toMatchObject({ outcome: "unlocked" });
  expect(existsSync(fileOf(world))).toBe(false);
});
