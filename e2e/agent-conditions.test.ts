import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { createOrder } from "@databox-cmk/local-stack";
import { mayMount } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { cryptsetupPath } from "./harness/cryptsetup.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { type AgentEnding, runAgent } from "./harness/run-agent.ts";
import { mountTinyDisk } from "./harness/tiny-disk.ts";

const EXIT_INVALID = 5;
/** Room for the state and for the compile cache that the agent keeps beside it. */
const TINY_KIBIBYTES = 2048;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

type Node = {
  readonly stateDir: string;
  readonly code: string;
  /** Parameters of `prepare`; a later one takes precedence. */
  readonly prepare: readonly string[];
};

/** An order that waits for its only node to be prepared, in a folder of its own. */
async function openNode(name: string): Promise<Node> {
  const { brokerUrl, caFile, dnsServer } = world.stack.description;
  const order = await createOrder(world.customerContext, name);
  const serial = `DBX-${name}`;
  const [made] = await world.operator.prepare(order.id, [serial]);
  const folder = join(world.folder, name);
  mkdirSync(folder);
  const stateDir = join(folder, "agent");
  const prepare = [
    ["--state-dir", stateDir],
    ["prepare"],
    ["--broker", brokerUrl],
    ["--order", order.id.toLowerCase()],
    ["--serial", serial],
    ["--volume", join(folder, "disk.img")],
    ["--volume-kind", "file"],
    ["--ca-file", caFile],
    ["--dns-server", dnsServer],
  ];
  return { stateDir, code: made?.enrolmentCode ?? "", prepare: prepare.flat() };
}

type Explained = {
  readonly exitCodes: readonly number[];
  /** The one event of `--json`. */
  readonly event: unknown;
  /** The first lines for a person: the failure with its code, the reason, and who must act. */
  readonly words: readonly string[];
};

/**
 * The same failing command twice: for a machine and for a person. Neither may show a stack or write
 * beside it.
 */
async function explain(run: (json: readonly string[]) => Promise<AgentEnding>): Promise<Explained> {
  const machine = await run(["--json"]);
  const person = await run([]);
  expect(machine.stderr + person.stderr).toBe("");
  expect(person.stdout).not.toContain("node:internal");
  return {
    exitCodes: [machine.exitCode, person.exitCode],
    event: JSON.parse(machine.stdout),
    words: person.stdout.split("\n").slice(0, 3),
  };
}

const failure = (code: string, says: RegExp) => ({
  exitCodes: [EXIT_INVALID, EXIT_INVALID],
  event: {
    outcome: "invalid",
    code,
    detail: expect.stringMatching(says),
    steps: expect.arrayContaining([{ text: expect.any(String), command: expect.any(String) }]),
  },
  words: [
    expect.stringMatching(new RegExp(`failed: .+ \\[${code}\\]`)),
    expect.stringMatching(says),
    "Who must act: you, at the appliance",
  ],
});
const cryptsetupMissing = failure("CryptsetupMissing", /cryptsetup is in none of/);
const diskFull = failure("DiskFull", /no space left/);
const stateUnwritable = failure("AgentStateUnwritable", /this account may not write here/);

describe.skipIf(cryptsetupPath === undefined || !mayMount())(
  "without cryptsetup (skipped where root cannot hide it by a mount)",
  () => {
    const hiding = cryptsetupPath ?? "";

    test("a LUKS2 volume cannot be prepared, and the agent says what to install", async () => {
      const { prepare, code: input } = await openNode("missing-luks2");
      expect(
        await explain((json) =>
          runAgent([...prepare, "--volume-kind", "luks2", ...json], { input, hiding }),
        ),
      ).toMatchObject(cryptsetupMissing);
    });

    test("the kind auto becomes a portable volume that says so, and unlocks", async () => {
      const { prepare, code: input, stateDir } = await openNode("missing-auto");
      const auto = [...prepare, "--volume-kind", "auto", "--json"];
      const prepared = await runAgent(auto, { input, hiding });
      expect(prepared.exitCode).toBe(0);
      expect(JSON.parse(prepared.stdout)).toMatchObject({
        outcome: "prepared",
        volume: "file",
        proof: "authenticated-header",
      });
      await deliver("missing-auto");
      const unlocked = await runAgent(["--state-dir", stateDir, "unlock", "--json"], { hiding });
      expect(JSON.parse(unlocked.stdout)).toMatchObject({
        outcome: "unlocked",
        volume: "file",
        proof: "authenticated-header",
      });
    });

    test("a LUKS2 volume that was prepared stays locked until cryptsetup is back", async () => {
      const { prepare, code: input, stateDir } = await openNode("vanished");
      const luks2 = [...prepare, "--volume-kind", "luks2", "--size-mib", "64"];
      expect(await runAgent(luks2, { input })).toMatchObject({ exitCode: 0 });
      await deliver("vanished");
      const unlock = ["--state-dir", stateDir, "unlock"];
      expect(await explain((json) => runAgent([...unlock, ...json], { hiding }))).toMatchObject(
        cryptsetupMissing,
      );
      expect(await runAgent(unlock)).toMatchObject({ exitCode: 0 });
    });
  },
);

test("a state folder that may not be written stops the preparation before anything is sent", async () => {
  const { prepare, code: input, stateDir } = await openNode("read-only");
  const readOnly = join(world.folder, "read-only-state");
  mkdirSync(readOnly);
  chmodSync(readOnly, 0o555);
  const refused = [...prepare, "--state-dir", join(readOnly, "agent")];
  expect(
    await explain((json) => runAgent([...refused, ...json], { input, hasUserRights: true })),
  ).toMatchObject(stateUnwritable);
  // The code was not used up: the same command with a good folder prepares the node.
  const again = await runAgent([...prepare, "--state-dir", stateDir], { input });
  expect(again).toMatchObject({ exitCode: 0 });
});

describe.skipIf(!mayMount())(
  "a full disk (skipped where a small file system cannot be mounted)",
  () => {
    test("stops the preparation, which goes on once there is room", async () => {
      const { prepare, code: input } = await openNode("full-prepare");
      using disk = mountTinyDisk(join(world.folder, "full-prepare-disk"), TINY_KIBIBYTES);
      const onDisk = [...prepare, "--state-dir", join(disk.path, "agent")];
      disk.fill();
      expect(await explain((json) => runAgent([...onDisk, ...json], { input }))).toMatchObject(
        diskFull,
      );
      disk.empty();
      expect(await runAgent(onDisk, { input })).toMatchObject({ exitCode: 0 });
    });

    test("keeps a volume locked, because an unlock must be recorded", async () => {
      const { prepare, code: input } = await openNode("full-unlock");
      using disk = mountTinyDisk(join(world.folder, "full-unlock-disk"), TINY_KIBIBYTES);
      const state = ["--state-dir", join(disk.path, "agent")];
      expect(await runAgent([...prepare, ...state], { input })).toMatchObject({ exitCode: 0 });
      await deliver("full-unlock");
      disk.fill();
      expect(await explain((json) => runAgent([...state, "unlock", ...json]))).toMatchObject(
        diskFull,
      );
      disk.empty();
      const status = await runAgent([...state, "status", "--json"]);
      expect(JSON.parse(status.stdout)).toMatchObject({ outcome: "locked" });
      expect(await runAgent([...state, "unlock"])).toMatchObject({ exitCode: 0 });
    });

    test("cannot hold the volume either", async () => {
      const { prepare, code: input } = await openNode("full-volume");
      using disk = mountTinyDisk(join(world.folder, "full-volume-disk"), TINY_KIBIBYTES);
      disk.fill();
      expect(
        await explain((json) =>
          runAgent([...prepare, "--volume", join(disk.path, "disk.img"), ...json], { input }),
        ),
      ).toMatchObject(diskFull);
    });
  },
);

async function deliver(name: string): Promise<void> {
  const { subscriptionId, resourceGroup } = world.stack.description;
  const order = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.DataBox/jobs/${name}`;
  await world.operator.advance(order, "dispatch");
  await world.operator.advance(order, "deliver");
}
