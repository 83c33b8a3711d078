import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import type { EmulatedNode } from "@databox-cmk/device-emulator";
import {
  createOrder,
  type CustomerKey,
  enableIdentity,
  type StoryOrder,
  useCustomerKey,
  sampleOrder,
} from "@databox-cmk/local-stack";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type CrashPoint, createCrashPoint } from "./harness/crash-point.ts";
import { expectedProof } from "./harness/cryptsetup.ts";
import { prepareNode, requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { readPasskeys } from "./harness/passkeys.ts";
import { BROKER_WITH_CRASH_POINT } from "./harness/programs.ts";
import { verifyAudit } from "./harness/verify-audit.ts";

/** More points than any of the operations has. */
const POINTS_MAX = 60;

let world: World;
let crash: CrashPoint;
beforeAll(async () => {
  world = await openWorld((folder) => {
    crash = createCrashPoint(folder);
    return { brokerMain: BROKER_WITH_CRASH_POINT, brokerEnvironment: crash.environment };
  });
});
afterAll(() => world[Symbol.asyncDispose]());

afterEach(() => {
  expect(verifyAudit(world)).toEqual({ exitCode: 0, tampered: [] });
});

type Operation<State> = {
  /** Brings the world to where the operation starts, with a broker that lives. */
  readonly arrange: (point: number) => Promise<State>;
  /** The operation; the broker may be killed during it, and its answer may be lost. */
  readonly run: (state: State) => Promise<unknown>;
  /**
   * The user's action after the broker came back: the same again. It must work, and the order must
   * unlock.
   */
  readonly repeat: (state: State) => Promise<void>;
};

type Walk = {
  /** The points at which the broker was killed. */
  readonly killed: readonly string[];
  /** Those of the run in which it was not. */
  readonly all: readonly string[];
};

/**
 * Requests that are served at once may share a commit in one run and not in the next: the points'
 * order says nothing.
 */
function neverKilledAt({ killed, all }: Walk): readonly string[] {
  return ["after commit", ...all].filter((point) => !killed.includes(point));
}

/**
 * How many transactions it was killed in: each of an operation begins with another statement. They
 * show that broker-with-crash-point.ts skips only points that leave the same.
 */
function transactionsOf({ killed }: Walk): number {
  return new Set(killed.filter((point) => point.startsWith("before "))).size;
}

/**
 * Kills the broker at its first point, its second, and so on, until a run survives. Each broker
 * that starts on the remains of its killed predecessor serves the repetition, and is then killed
 * one point later.
 */
async function killAtEachPoint<State>(operation: Operation<State>): Promise<Walk> {
  const killed: string[] = [];
  let point = 0;
  for (let run = 0; run < POINTS_MAX; run += 1) {
    const state = await operation.arrange(run);
    crash.arm(point);
    const running = operation.run(state);
    const [outcome] = await Promise.allSettled([running]);
    const passed = crash.disarm();
    if (passed.length <= point) {
      if (outcome.status === "rejected") throw outcome.reason;
      // On a busy machine a run has a point, of a repetition for example, that the others had not.
      point = passed.findIndex((each) => !killed.includes(each));
      if (point === -1) return { killed, all: passed };
      continue;
    }
    killed.push(passed.at(-1) ?? "");
    await world.stack.restartBroker();
    await operation.repeat(state);
    point += 1;
  }
  throw new Error(`there are more than ${String(POINTS_MAX)} points`);
}

type Preparing = {
  readonly order: StoryOrder;
  readonly node: EmulatedNode;
  readonly volumeKind?: "file" | undefined;
  code?: string;
};

async function orderWithNode(name: string): Promise<Preparing> {
  const order = await createOrder(world.customerContext, name);
  return { order, node: switchedOn(name) };
}

function switchedOn(name: string): EmulatedNode {
  const serial = `DBX-${name}`;
  const appliance = world.createAppliance("DataBox", [serial]);
  const node = appliance.node(serial);
  shareCompiled(node);
  appliance.powerOn();
  return node;
}

/**
 * A node keeps what V8 compiled of each command. All nodes share it here: nearly every run is the
 * first one of its command at a new node, which would take half as much processor time again.
 */
function shareCompiled({ stateDir }: EmulatedNode): void {
  const shared = join(world.folder, "compiled");
  mkdirSync(shared, { recursive: true });
  mkdirSync(stateDir, { mode: 0o700 });
  symlinkSync(shared, join(stateDir, "compile-cache"));
}

async function prepare(preparing: Preparing): Promise<void> {
  const { order, node } = preparing;
  const [made] =
    preparing.code === undefined ? await world.operator.prepare(order.id, [node.serial]) : [];
  preparing.code ??= made?.enrolmentCode ?? "";
  await prepareNode(world, node, order.id, preparing.code, preparing.volumeKind);
}

async function deliver({ order }: Preparing): Promise<void> {
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
}

async function expectUnlocks({ node, volumeKind }: Preparing, key?: CustomerKey): Promise<void> {
  expect(await unlockNode(node)).toMatchObject({
    outcome: "unlocked",
    proof: volumeKind === undefined ? expectedProof : "authenticated-header",
    ...(key === undefined ? {} : { kid: key.kid }),
  });
}

/** The answer to the first try was lost, not the order. */
function throwUnlessPlaced(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ResourceAlreadyExists"))
    throw error;
}

/** Prepared under the service's key; the order's identity may use the customer's key already. */
async function readyForCustomerKey(
  name: string,
  key: CustomerKey,
  volumeKind?: "file",
): Promise<Preparing> {
  const preparing: Preparing = { ...(await orderWithNode(name)), volumeKind };
  await prepare(preparing);
  await key.grant(await enableIdentity(world.customerContext, preparing.order));
  return preparing;
}

describe("a broker killed at any write", () => {
  test("of create leaves no order or a whole one, and the order that is placed again unlocks", async () => {
    const { customer, stack } = world.customerContext;
    const create = (name: string) =>
      customer.dataBox.jobs.beginCreateAndWait(
        stack.resourceGroup,
        name,
        {
          ...sampleOrder(stack, "DataBox", "My-Passkey#23456789"),
          identity: { type: "SystemAssigned" },
        },
        { updateIntervalInMs: 20 },
      );
    const walk = await killAtEachPoint({
      arrange: (point) => Promise.resolve(`create-${String(point)}`),
      run: create,
      repeat: async (name) => {
        await create(name).catch(throwUnlessPlaced);
        const { id = "" } = await customer.dataBox.jobs.get(stack.resourceGroup, name);
        // cryptsetup would take seconds over a key that a person chose, as it must (Argon2id).
        const preparing: Preparing = {
          order: { id, name },
          node: switchedOn(name),
          volumeKind: "file",
        };
        await prepare(preparing);
        await deliver(preparing);
        await expectUnlocks(preparing);
      },
    });
    expect(neverKilledAt(walk)).toEqual([]);
    expect(transactionsOf(walk)).toBeGreaterThanOrEqual(3);
  });

  test("of prepare leaves an order whose preparation goes on, and which unlocks", async () => {
    const walk = await killAtEachPoint({
      arrange: (point) => orderWithNode(`prepare-${String(point)}`),
      run: prepare,
      repeat: async (preparing) => {
        await prepare(preparing);
        await deliver(preparing);
        await expectUnlocks(preparing);
      },
    });
    expect(neverKilledAt(walk)).toEqual([]);
    expect(transactionsOf(walk)).toBeGreaterThanOrEqual(5);
  });

  test("of re-wrap leaves the old key or the new one in force, and the order unlocks with either", async () => {
    const key = await world.createVault("contosorewrap");
    const rewrap = ({ order }: Preparing) => useCustomerKey(world.customerContext, order, key);
    const walk = await killAtEachPoint({
      arrange: (point) => readyForCustomerKey(`rewrap-${String(point)}`, key, "file"),
      run: rewrap,
      repeat: async (preparing) => {
        await deliver(preparing);
        await expectUnlocks(preparing);
        requireOk(await preparing.node.agent(["lock"]));
        await rewrap(preparing);
        await expectUnlocks(preparing, key);
      },
    });
    expect(neverKilledAt(walk)).toEqual([]);
    expect(transactionsOf(walk)).toBeGreaterThanOrEqual(3);
  });

  // Evidence: Interrupted re-keys.
  test("of a rekeying leaves the passkey that is shown opening the volume, and the next try ends it", async () => {
    const key = await world.createVault("contosorekey");
    const prepared = await readyForCustomerKey("rekey", key);
    await useCustomerKey(world.customerContext, prepared.order, key);
    await deliver(prepared);
    await expectUnlocks(prepared, key);
    const { node, order } = prepared;
    const { customer, stack } = world.customerContext;
    const shown = async () => {
      const passkeys = await readPasskeys(customer, stack.resourceGroup, order.name);
      return passkeys.get(node.serial) ?? "";
    };
    const expectOpens = async (passkey: string) =>
      expect(requireOk(await node.agent(["passkey"], passkey))).toMatchObject({
        outcome: "unlocked",
        proof: expectedProof,
      });
    const walk = await killAtEachPoint({
      arrange: shown,
      run: async () => {
        const run = await node.agent(["rekey"]);
        expect(run.events.at(-1)?.outcome).toMatch(/^(?:rekeyed|unreachable)$/);
        requireOk(run);
      },
      repeat: async (before) => {
        await expectOpens(await shown());
        requireOk(await node.agent(["rekey"]));
        await expectOpens(await shown());
        const { events } = await node.agent(["passkey"], before);
        expect(events.at(-1)).toMatchObject({ code: "PasskeyRejected" });
      },
    });
    expect(neverKilledAt(walk)).toEqual([]);
    expect(transactionsOf(walk)).toBeGreaterThanOrEqual(3);
    await expectUnlocks(prepared, key);
  });

  // Evidence: A crash at any moment.
  test("of unlock is an outage, never a refusal, and the next try unlocks", async () => {
    const key = await world.createVault("contosounlock");
    const prepared = await readyForCustomerKey("unlock", key);
    await useCustomerKey(world.customerContext, prepared.order, key);
    await deliver(prepared);
    const { node } = prepared;
    const walk = await killAtEachPoint({
      arrange: async () => {
        requireOk(await node.agent(["lock"]));
        return prepared;
      },
      run: async () => {
        const run = await node.agent(["unlock"]);
        expect(run.events.at(-1)?.outcome).toMatch(/^(?:unlocked|unreachable)$/);
        requireOk(run);
      },
      repeat: () => expectUnlocks(prepared, key),
    });
    expect(neverKilledAt(walk)).toEqual([]);
    expect(transactionsOf(walk)).toBeGreaterThanOrEqual(3);
  });
});
