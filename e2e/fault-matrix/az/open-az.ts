import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { openAz as openAzOfStack } from "@databox-cmk/local-stack";
import { requireTool } from "@databox-cmk/testkit";

import type { FaultWorld } from "../world/fault-world.ts";

const AZ = "/usr/bin/az";
export const hasAz = requireTool("azure-cli", existsSync(AZ));

export type AzRun = {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type Az = {
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
    surroundings: { PATH: "/usr/bin:/bin" },
  });
  return at(folder, environment);
}

function at(folder: string, environment: Readonly<Record<string, string>>): Az {
  return {
    run: (command) =>
      new Promise((resolve) => {
        execFile(
          "/bin/sh",
          ["-c", command],
          { cwd: folder, env: environment },
          (error, stdout, stderr) => {
            const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
            resolve({ command, exitCode, stdout, stderr });
          },
        );
      }),
  };
}
