import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mayMount } from "@databox-cmk/testkit";
import { describe, expect, test, vi } from "vitest";

import type { FailureEvent } from "../src/core/agent-event.ts";
import {
  type AgentWorld,
  createAgentWorld,
  createPreparedWorld,
  HAS_CRYPTSETUP,
  seen,
  SERIAL,
} from "./agent-world.ts";
import { mountFullDisk } from "./full-disk.ts";

const mode = (path: string) => statSync(path).mode & 0o777;

// Evidence: Files that others can read.
test("all that is stored is for its owner alone", async () => {
  await using world = await createPreparedWorld();
  expect(mode(world.stateDir)).toBe(0o700);
  for (const name of [
    "agent.json",
    "state.json",
    "device-key.pem",
    "envelope.jws",
    "journal.jsonl",
  ])
    expect([name, mode(join(world.stateDir, name))]).toEqual([name, 0o600]);
});

test("a prepared node is left as it is by the same command", async () => {
  await using world = await createPreparedWorld();
  const disk = readFileSync(world.diskPath);
  expect(await world.prepare()).toMatchObject({
    outcome: "prepared",
    notes: ["it was prepared already"],
  });
  expect(readFileSync(world.diskPath).equals(disk)).toBe(true);
  expect(world.broker.receipts).toHaveLength(1);
});

describe.skipIf(!HAS_CRYPTSETUP)("while the volume is formatted", () => {
  test("and while the code is typed, the time for the broker does not run", async () => {
    await using world = await createAgentWorld({ volumeKind: "luks2" });
    const code = await world.dependencies.readStandardInput("");
    const totalTimeoutMs = 123_456;
    const limits: AbortController[] = [];
    using _ = vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
      const limit = new AbortController();
      if (milliseconds === totalTimeoutMs) limits.push(limit);
      return limit.signal;
    });
    const letLimitsPass = () => {
      for (const limit of limits) limit.abort(new DOMException("too late", "TimeoutError"));
    };
    using slow = slowFormat(world);
    const preparing = world.run(
      { command: "prepare", arguments: world.prepareArguments },
      {
        totalTimeoutMs,
        cryptsetupFolders: slow.folders,
        async readStandardInput() {
          letLimitsPass();
          return code;
        },
      },
    );
    await slow.reached();
    letLimitsPass();
    slow.resume();
    expect(seen(await preparing)).toMatchObject({ exit: 0, outcome: "prepared" });
    expect(world.broker.receipts).toHaveLength(1);
    expect(limits.length).toBeGreaterThan(1);
  });

  test("no command takes the node", async () => {
    await using world = await createAgentWorld({ volumeKind: "luks2" });
    using slow = slowFormat(world);
    const prepare = { command: "prepare", arguments: world.prepareArguments } as const;
    const first = world.run(prepare, { cryptsetupFolders: slow.folders });
    await slow.reached();
    expect(seen(await world.prepare())).toMatchObject({ exit: 4, code: "AgentBusy" });
    slow.resume();
    expect(seen(await first)).toMatchObject({ exit: 0, outcome: "prepared" });
  });
});

/** A cryptsetup that formats a volume only once it is let go on. */
function slowFormat(world: AgentWorld) {
  const folder = join(world.folder, "slow");
  mkdirSync(folder);
  const reached = join(world.folder, "formatting");
  const resume = join(world.folder, "go-on");
  writeFileSync(
    join(folder, "cryptsetup"),
    `#!/bin/sh
if [ "$1" = luksFormat ]; then
  touch ${reached}
  while [ ! -e ${resume} ]; do sleep 0.05; done
fi
exec /usr/sbin/cryptsetup "$@"
`,
    { mode: 0o755 },
  );
  const letResume = () => {
    writeFileSync(resume, "");
  };
  return {
    folders: [folder],
    reached: () => expect.poll(() => existsSync(reached)).toBe(true),
    resume: letResume,
    [Symbol.dispose]: letResume,
  };
}

test("a wrong code is refused in the broker's words, and the right one works afterwards", async () => {
  await using world = await createAgentWorld();
  const command = { command: "prepare", arguments: world.prepareArguments } as const;
  const wrong = await world.run(command, { readStandardInput: async () => "d3Jvbmc" });
  expect(seen(wrong)).toMatchObject({ exit: 3, outcome: "refused", code: "EnrolmentCodeInvalid" });
  const { ask, steps } = wrong as FailureEvent;
  expect(JSON.stringify([ask, steps])).not.toMatch(/<[a-zA-Z]+>/);
  expect(ask).toContain(SERIAL);
  expect(seen(await world.prepare())).toMatchObject({ exit: 0, outcome: "prepared" });
});

// Evidence: A known device enrolled again with another key.
test("a node that is enrolled with another key is not taken over", async () => {
  await using world = await createPreparedWorld();
  const stateDir = join(world.folder, "second-state");
  const command = {
    command: "prepare",
    arguments: { ...world.prepareArguments, volume: join(world.folder, "second.img") },
  } as const;
  const second = await world.run(command, { stateDir });
  expect(seen(second)).toMatchObject({ exit: 3, code: "EnrolmentConflict" });
});

describe("foreign data on the volume", () => {
  const contents = {
    "a file system": () => Buffer.concat([Buffer.alloc(1080), Buffer.from([0x53, 0xef])]),
    text: () => Buffer.from("customer data"),
  };
  test.each(Object.entries(contents))("%s is kept, unless told otherwise", async (_name, make) => {
    await using world = await createAgentWorld();
    writeFileSync(world.diskPath, make());
    const refused = await world.prepare();
    expect(seen(refused)).toMatchObject({ exit: 5, code: "VolumeUnavailable" });
    expect(refused).toMatchObject({ detail: expect.stringContaining("--format-existing") });
    expect(readFileSync(world.diskPath).equals(make())).toBe(true);
    expect(world.broker.nodes.get(SERIAL)?.deviceKey).toBeUndefined();
    expect(seen(await world.prepare({ formatExisting: true }))).toMatchObject({ exit: 0 });
  });

  test("another node's volume is kept too", async () => {
    await using other = await createPreparedWorld();
    await using world = await createAgentWorld();
    expect(seen(await world.prepare({ volume: other.diskPath }))).toMatchObject({
      code: "VolumeUnavailable",
    });
    expect(seen(await other.unlock())).toMatchObject({ outcome: "unlocked" });
  });
});

test("a state folder belongs to one node", async () => {
  await using world = await createPreparedWorld();
  const event = await world.prepare({ serial: "DBX-OTHER" });
  expect(seen(event)).toMatchObject({ exit: 2, code: "Misuse" });
  expect(event).toMatchObject({ detail: expect.stringContaining(SERIAL) });
});

test("without cryptsetup, auto takes the portable volume and luks2 says what to install", async () => {
  await using world = await createAgentWorld();
  const none = { cryptsetupFolders: [join(world.folder, "no-such-folder")] };
  const prepare = (volumeKind: "luks2" | "auto") =>
    world.run({ command: "prepare", arguments: { ...world.prepareArguments, volumeKind } }, none);
  const missing = await prepare("luks2");
  expect(seen(missing)).toMatchObject({ exit: 5, code: "CryptsetupMissing" });
  expect(missing).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({ command: expect.stringContaining("apt-get install") }),
    ]),
  });
  expect(await prepare("auto")).toMatchObject({ outcome: "prepared", volume: "file" });
});

describe("a state folder that cannot be used", () => {
  test("lies under a file instead of a folder", async () => {
    await using world = await createAgentWorld();
    const file = join(world.folder, "plain-file");
    writeFileSync(file, "");
    const command = { command: "prepare", arguments: world.prepareArguments } as const;
    const event = await world.run(command, { stateDir: join(file, "state") });
    expect(event).toMatchObject({ detail: expect.stringContaining("plain-file") });
    expect(["AgentStateUnwritable", "AgentStateUnreadable"]).toContain(seen(event).code);
  });

  test("may be written by others", async () => {
    await using world = await createPreparedWorld();
    chmodSync(world.stateDir, 0o777);
    const event = await world.unlock();
    expect(seen(event)).toMatchObject({ exit: 5, code: "AgentStateUnreadable" });
    expect(event).toMatchObject({ detail: expect.stringContaining("chmod 700") });
  });

  test.each(["device-key.pem", "agent.json", "envelope.jws", "state.json"])(
    "lets others read its %s",
    async (name) => {
      await using world = await createPreparedWorld();
      chmodSync(join(world.stateDir, name), 0o640);
      const event = await world.unlock();
      expect(seen(event)).toMatchObject({ exit: 5, code: "AgentStateUnreadable" });
      expect(event).toMatchObject({ detail: expect.stringContaining("chmod 600") });
    },
  );

  test("has a file that was changed by hand", async () => {
    await using world = await createPreparedWorld();
    writeFileSync(join(world.stateDir, "state.json"), '{"version":1,"counter":-1}', {
      mode: 0o600,
    });
    const event = await world.unlock();
    expect(seen(event)).toMatchObject({ exit: 5, code: "AgentStateUnreadable" });
    expect(event).toMatchObject({ detail: expect.stringContaining("state.json: ") });
  });

  test("is on a full disk", async ({ skip }) => {
    skip(!mayMount(), "a file system cannot be mounted here");
    await using world = await createAgentWorld();
    mkdirSync(world.stateDir, { mode: 0o700 });
    using disk = mountFullDisk(world.stateDir);
    void disk;
    const event = await world.prepare();
    expect(seen(event)).toMatchObject({ exit: 5, code: "DiskFull" });
    expect(event).toMatchObject({ steps: [{ command: expect.stringContaining(world.stateDir) }] });
  });

  test("is empty", async () => {
    await using world = await createAgentWorld();
    for (const event of [await world.unlock(), await world.status(), await world.lock()])
      expect(seen(event)).toMatchObject({ exit: 5, code: "AgentNotPrepared" });
  });
});

describe("the typed options", () => {
  const wrong = [
    { change: { broker: "http://broker.localhost" }, detail: "--broker" },
    { change: { broker: "https://user:secret@broker.localhost" }, detail: "--broker" },
    { change: { broker: "https://broker.localhost/path" }, detail: "--broker" },
    { change: { order: "order-1" }, detail: "--order" },
    { change: { serial: "../x" }, detail: "--serial" },
    { change: { caFile: "/no/such/ca.pem" }, detail: "--ca-file" },
    { change: { enrolmentCodeFile: "/no/such/code" }, detail: "--enrolment-code-file" },
  ] as const;
  test.each(wrong)("$change is named as wrong", async ({ change, detail }) => {
    await using world = await createAgentWorld();
    const event = await world.prepare(change);
    expect(seen(event)).toMatchObject({ exit: 2, code: "Misuse" });
    expect(event).toMatchObject({ detail: expect.stringContaining(detail) });
    expect(JSON.stringify(event)).not.toContain("secret");
  });

  test.each([
    ["nothing", "", "is not a PEM certificate"],
    [
      "a damaged certificate",
      "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
      "is not a PEM certificate",
    ],
  ])("a CA file with %s is not taken", async (_name, text, detail) => {
    await using world = await createAgentWorld();
    const caFile = join(world.folder, "wrong-ca.pem");
    writeFileSync(caFile, text);
    const event = await world.prepare({ caFile });
    expect(seen(event)).toMatchObject({ exit: 2, code: "Misuse" });
    expect(event).toMatchObject({ detail: expect.stringContaining(detail) });
  });

  test("an enrolment code that others could read is not taken", async () => {
    await using world = await createAgentWorld();
    const enrolmentCodeFile = join(world.folder, "code");
    writeFileSync(enrolmentCodeFile, "abc", { mode: 0o644 });
    expect(seen(await world.prepare({ enrolmentCodeFile }))).toMatchObject({ exit: 5 });
  });

  test("an order id in any case is the same order", async () => {
    await using world = await createAgentWorld();
    const order = world.broker.order.replace("resourcegroups", "resourceGroups");
    expect(seen(await world.prepare({ order }))).toMatchObject({ exit: 0 });
  });
});
