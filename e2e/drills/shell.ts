import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import { createAzureClients } from "@databox-cmk/local-stack";
import { findPostgres } from "@databox-cmk/testkit";

import type { World } from "../harness/open-world.ts";
import { BROKER } from "../harness/programs.ts";
import { readSettings } from "./runbook.ts";

/** Stops a command that hangs; not a bound of the product. */
const COMMAND_MS = 300_000;

export type Variables = Readonly<Record<string, string>>;

/**
 * A shell as the operator has it: `broker` and `databox-agent` in its path, the broker's settings,
 * headers for curl. No variable is set but these, and those that the page sets.
 *
 * @param world - its tokens are in files of the shell's folder, never on a command line
 */
export async function openShell(world: World) {
  const folder = join(world.folder, "shell");
  const programs = join(folder, "bin");
  mkdirSync(programs, { recursive: true, mode: 0o700 });
  const [node, ...parameters] = agentCommand(AGENT_BUNDLE);
  place(join(programs, "broker"), [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    BROKER,
  ]);
  place(join(programs, "databox-agent"), [node, ...parameters]);
  await writeTokens(world, "Datacenter Operator", join(folder, "operator"));
  await writeTokens(world, "Owner", join(folder, "owner"));
  const { brokerEnvironment } = world.stack;
  const introduction = readSettings();
  let exported: readonly string[] = [];
  const postgres = findPostgres();
  const path = [programs, ...(postgres === undefined ? [] : [postgres]), process.env["PATH"] ?? ""];
  return {
    folder,
    /**
     * A command that begins with `export` lasts until `forget`.
     *
     * @param accident - variables of this command that the page does not show
     */
    async run(command: string, accident: Variables = {}) {
      const script = [introduction, ...exported, command].join("\n");
      if (command.startsWith("export ")) exported = [...exported, command];
      const child = spawn("/bin/sh", ["-c", script], {
        cwd: folder,
        env: { ...brokerEnvironment, PATH: path.join(delimiter), HOME: folder, ...accident },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: COMMAND_MS,
      });
      const ended = once(child, "close");
      const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [exitCode] = await ended;
      return { exitCode: typeof exitCode === "number" ? exitCode : -1, printed: out + errors };
    },
    /** Leaves only the variables of the page's introduction. */
    forget(): void {
      exported = [];
    },
  };
}

function place(path: string, command: readonly string[]): void {
  const quoted = command.map((word) => `'${word}'`).join(" ");
  writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  chmodSync(path, 0o700);
}

async function writeTokens(
  world: World,
  role: "Datacenter Operator" | "Owner",
  path: string,
): Promise<void> {
  const { description, caPem, directory } = world.stack;
  using clients = createAzureClients(description, caPem, directory.client(role));
  const { token } = await clients.credential.getToken(`${description.armUrl}/.default`);
  writeFileSync(`${path}.token`, token, { mode: 0o600 });
  writeFileSync(`${path}.header`, `Authorization: Bearer ${token}\n`, { mode: 0o600 });
}
