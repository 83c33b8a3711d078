import { folderFor, required } from "@databox-cmk/testkit";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { waitForAgentLock } from "../../src/state/agent-lock.ts";
import { openStateFolder } from "../../src/state/state-folder.ts";
import { type AgentWorld, createPreparedWorld } from "../agent-world.ts";
import { buildAgent } from "../crash/agent-process.ts";
import { type DaemonProcess, startDaemon } from "./daemon-process.ts";

const LOCK_WAIT_MS = 300_000;

const built = folderFor(beforeAll);
let agent: string;
beforeAll(async () => {
  agent = await buildAgent(built.path);
});

let world: AgentWorld;
let daemon: DaemonProcess;
/**
 * A node with an open volume, whose daemon has seen its lease: it waits at the broker for news of
 * it.
 */
beforeEach(async () => {
  world = await createPreparedWorld();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  const watched = Promise.withResolvers<undefined>();
  world.broker.intercept = ({ path, answer }) => {
    if (path.endsWith("/events")) watched.resolve(undefined);
    // No answer, so that the report still waits when it is read.
    return path.endsWith("/receipts") ? () => undefined : answer;
  };
  daemon = startDaemon(agent, world.stateDir);
  await watched.promise;
});
afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const lastRow = async () => {
  const journal = await world.run({ command: "journal", verify: false, last: 1 });
  return (journal as { rows?: readonly object[] }).rows?.at(-1);
};
/** The end of the lease, in every place that reports it. */
const ending = async () => ({
  event: await daemon.event({ relocked: true }),
  status: await world.status(),
  row: await lastRow(),
  receipts: openStateFolder(world.stateDir).readState()?.receipts,
});
const closedBy = (cause: string) => ({
  event: { code: "LeaseInvalid" },
  status: { outcome: "locked" },
  row: { event: "relocked", facts: { cause } },
  receipts: [{ about: "lease", outcome: "relocked", cause }],
});

describe("a lease is void, and its volume is closed without an answer of the broker,", () => {
  // Evidence: Void leases.
  test("once the machine says that it is in another boot", async () => {
    world.boot("boot-number-2");
    expect(await ending()).toMatchObject(closedBy("boot"));
  });

  // Evidence: Void leases.
  test("once the state was set back to a counter that was used", async () => {
    const folder = openStateFolder(world.stateDir);
    {
      using held = await waitForAgentLock(world.stateDir, LOCK_WAIT_MS);
      expect(held).toBeDefined();
      const state = required(folder.readState());
      folder.writeState({ ...state, counter: 1 });
    }
    expect(await ending()).toMatchObject(closedBy("rollback"));
  });
});
