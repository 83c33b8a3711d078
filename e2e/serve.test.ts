import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { mayMount, openTemporaryFolder, type TemporaryFolder } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readStack } from "./harness/read-stack.ts";
import { FREE_PORTS, runStart } from "./harness/start-command.ts";
import { mountTinyDisk } from "./harness/tiny-disk.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = openTemporaryFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});
const start = (...parameters: string[]) =>
  runStart(["--json", "--directory", folder.path, ...FREE_PORTS, ...parameters]);
const oneLine = (text: string) => text.trimEnd().split("\n");

describe("npm start -- --serve", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "serves without a story until %s, and starts again in the same folder",
    async (signal) => {
      for (let round = 0; round < 2; round += 1) {
        await using command = start("--serve");
        await command.line(({ event }) => event === "stack");
        const { authorityUrl, appliances } = readStack(join(folder.path, "stack.json"));
        expect(authorityUrl).toMatch(/^https:\/\/login\.localhost:\d+$/);
        expect(appliances).toEqual([]);
        command.signal(signal);
        expect(await command.ended).toBe(0);
        expect(command.isAlive()).toBe(false);
        expect(command.lines.map(({ event }) => event)).toEqual(["stack"]);
        expect(command.stderr).toBe("");
      }
    },
  );

  test("ends as cleanly by Ctrl-C, which a terminal sends to every process at once", async () => {
    await using command = start("--serve");
    await command.line(({ event }) => event === "stack");
    command.interrupt();
    expect(await command.ended).toBe(0);
    expect(command.isAlive()).toBe(false);
    expect(command.stderr).toBe("");
  });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "npm hands %s on, so that nothing stays behind when it is npm that is stopped",
  async (signal) => {
    const parameters = ["--serve", "--json", "--directory", folder.path, ...FREE_PORTS];
    await using command = runStart(parameters, { through: "npm" });
    await command.line(({ event }) => event === "stack");
    command.signal(signal);
    expect(await command.ended).toBe(0);
    expect(command.isAlive()).toBe(false);
  },
);

describe("Ctrl-C before the story's end", () => {
  test("during the start ends every process", async () => {
    await using command = runStart(["--directory", folder.path, ...FREE_PORTS]);
    await command.text("Starting");
    command.interrupt();
    expect(await command.ended).toBe(130);
    expect(command.isAlive()).toBe(false);
    expect(oneLine(command.stderr)).toEqual([expect.stringContaining("interrupted")]);
  });

  test.each([
    { when: "while the broker works", step: "Order" },
    { when: "while the agent works", step: "Shipped" },
  ])("$when ends everything, says so in one line, and the next start works", async ({ step }) => {
    {
      await using command = start("--once");
      await command.line((line) => line["step"] === step);
      command.interrupt();
      expect(await command.ended).toBe(130);
      expect(command.isAlive()).toBe(false);
      expect(oneLine(command.stderr)).toEqual([
        expect.stringContaining("interrupted before it was ready"),
      ]);
    }
    await using again = start("--serve");
    await again.line(({ event }) => event === "stack");
    again.signal("SIGINT");
    expect(await again.ended).toBe(0);
  });
});

describe("a start that cannot work says so in one line", () => {
  test.each(["emulator", "broker", "imds", "dns"])("the port of the %s is in use", async (name) => {
    await using occupied = await occupyPort();
    await using command = start(`--${name}-port`, String(occupied.port));
    expect(await command.ended).toBe(1);
    expect(oneLine(command.stderr)).toEqual([
      `npm start: port ${String(occupied.port)} of 127.0.0.1 is in use: stop what uses it, or choose another with --${name}-port (0 takes a free one)`,
    ]);
    expect(command.stdout).toBe("");
  });

  test("the folder is a file", async () => {
    const path = "/dev/null/stack";
    await using command = runStart(["--directory", path, "--json", ...FREE_PORTS]);
    expect(await command.ended).toBe(1);
    expect(oneLine(command.stderr)).toEqual([
      `npm start: the folder ${path} cannot be used, a part of the path is not a folder: choose another with --directory`,
    ]);
  });

  test("the folder is read-only", async () => {
    chmodSync(folder.path, 0o555);
    const path = join(folder.path, "stack");
    await using command = runStart(["--directory", path, "--json", ...FREE_PORTS], {
      hasUserRights: true,
    });
    expect(await command.ended).toBe(1);
    expect(oneLine(command.stderr)).toEqual([
      `npm start: the folder ${path} cannot be used, this user may not write there: make it writable, or choose another with --directory`,
    ]);
  });
});

describe.skipIf(!mayMount())(
  "a full disk (skipped where a small file system cannot be mounted)",
  () => {
    test.each([
      {
        kibibytes: 4,
        filled: true,
        says: "its file system is full: free some space, or choose another",
      },
      { kibibytes: 64, filled: false, says: "no space is left for" },
    ])(
      "of $kibibytes KiB is one line that says what to do",
      async ({ kibibytes, filled, says }) => {
        using disk = mountTinyDisk(join(folder.path, "disk"), kibibytes);
        if (filled) disk.fill();
        const path = join(disk.path, "stack");
        await using command = runStart(["--directory", path, "--json", ...FREE_PORTS]);
        expect(await command.ended).toBe(1);
        expect(oneLine(command.stderr)).toEqual([expect.stringContaining(says)]);
      },
    );
  },
);

describe("a wrong command line ends with 2 and suggests a correction", () => {
  test.each([
    { parameters: ["--onse"], says: ["unknown option '--onse'", "Did you mean --once?"] },
    { parameters: ["--broker-port", "99999"], says: ["--broker-port", "Expected 0 to 65535"] },
    { parameters: ["--broker-port", "http"], says: ["--broker-port", "Expected 0 to 65535"] },
    { parameters: ["--once", "--serve"], says: ["choose one"] },
    { parameters: ["story"], says: ["too many arguments"] },
  ])("$parameters", async ({ parameters, says }) => {
    await using command = runStart(parameters);
    expect(await command.ended).toBe(2);
    for (const part of says) expect(command.stderr).toContain(part);
    expect(oneLine(command.stderr).length).toBeLessThanOrEqual(2);
    expect(command.stdout).toBe("");
  });
});

async function occupyPort(): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
