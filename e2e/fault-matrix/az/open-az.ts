import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openAz as openAzOfStack } from "@databox-cmk/local-stack";
import { requireTool } from "@databox-cmk/testkit";

import type { FaultWorld } from "../world/fault-world.ts";

const AZ = "/usr/bin/az";
// Debian's own interpreter, which az uses, too.
const PYTHON = "/usr/bin/python3";
const PATH = "/usr/bin:/bin";
/** A command that never ends would hold up all that follow. */
const COMMAND_MS = 300_000;
export const hasAz = requireTool("azure-cli", existsSync(AZ));

export type AzRun = {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type Az = AsyncDisposable & {
  /** The line as a person would paste it into a shell. */
  run(command: string): Promise<AzRun>;
};

/** The real az of this machine, as `npm run az` runs it, signed in as the customer. */
export async function openAz({ folder, stack, ...world }: FaultWorld): Promise<Az> {
  // Debian's az is older than 2026-02-01, so these tests keep its versions beyond their retirement.
  await world.control("PATCH", "/settings", {
    unverified: { "retired-control-plane-versions": "accept" },
  });
  const environment = await openAzOfStack(AZ, stack.description, {
    folder: join(folder, "az"),
    role: "Owner",
    surroundings: { PATH },
  });
  const bin = join(folder, "az-bin");
  const address = join(bin, "socket");
  mkdirSync(bin);
  const client = [PYTHON, "-I", join(import.meta.dirname, "az-client.py"), address];
  writeFileSync(join(bin, "az"), `#!/bin/sh\nexec ${client.join(" ")} "$@"\n`, { mode: 0o700 });
  const server = spawn(PYTHON, [join(import.meta.dirname, "az-server.py"), address], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(server, "close");
  await Promise.race([
    once(server.stdout, "data"),
    ended.then(() => {
      throw new Error("the server of az did not start");
    }),
  ]);
  return {
    run: (command) => run(command, folder, { ...environment, PATH: `${bin}:${PATH}` }),
    async [Symbol.asyncDispose]() {
      server.stdin.end();
      await ended;
    },
  };
}

function run(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<AzRun> {
  return new Promise((resolve) => {
    execFile(
      "/bin/sh",
      ["-c", command],
      { cwd, env, timeout: COMMAND_MS },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ command, exitCode, stdout, stderr });
      },
    );
  });
}
