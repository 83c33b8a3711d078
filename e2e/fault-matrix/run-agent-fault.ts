import { execFile } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import * as z from "zod";

import type { AgentFault } from "./faults/agent-faults.ts";
import type { StageFault } from "./faults/stage-faults.ts";
import { type Observation, observeAgent } from "./observation.ts";
import type { FaultWorld } from "./world/fault-world.ts";
import type { Site } from "./world/site.ts";

export type AgentFaultResult = {
  readonly seen: Observation;
  /** The agent's own record of it. */
  readonly journal: string;
};

const settings = z.looseObject({ connection: z.looseObject({}) });

/** The real agent meets an obstacle when it unlocks. */
export async function runAgentFault(
  fault: AgentFault,
  at: { readonly world: FaultWorld; readonly site: Site },
): Promise<AgentFaultResult> {
  at.world.hostile.answer(fault.answer ?? "silence");
  return runAgent(["unlock"], fault.settings, at);
}

/** The real agent is given a command that its order does not allow. */
export async function runStageFault(
  { make, command, settings: changed }: StageFault,
  at: { readonly world: FaultWorld; readonly site: Site },
): Promise<AgentFaultResult> {
  await make?.(at);
  return runAgent(command(at.site.serial), changed, at);
}

/** On a copy of a prepared node's state. */
async function runAgent(
  command: readonly string[],
  changed: AgentFault["settings"] | undefined,
  { world, site }: { readonly world: FaultWorld; readonly site: Site },
): Promise<AgentFaultResult> {
  if (site.agent === undefined) throw new Error(`site ${site.name} has no agent`);
  const stateDir = join(world.folder, "agent-fault");
  const hostileCaFile = join(world.folder, "hostile.pem");
  await rm(stateDir, { recursive: true, force: true });
  await cp(site.agent.stateDir, stateDir, { recursive: true });
  await writeFile(hostileCaFile, world.hostile.caPem, { mode: 0o600 });
  if (changed !== undefined) {
    const settingsFile = join(stateDir, "agent.json");
    const prepared = settings.parse(JSON.parse(await readFile(settingsFile, "utf8")));
    const change = changed(world, hostileCaFile);
    const connection = { ...prepared.connection, ...change.connection };
    const written = JSON.stringify({ ...prepared, ...change, connection });
    await writeFile(settingsFile, written, { mode: 0o600 });
  }

  const startedMs = performance.now();
  const { exitCode, stdout } = await run(["--json", "--state-dir", stateDir, ...command]);
  const elapsedMs = performance.now() - startedMs;
  const event: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return {
    seen: observeAgent(event, exitCode, elapsedMs),
    journal: await readFile(join(stateDir, "journal.jsonl"), "utf8"),
  };
}

function run(parameters: readonly string[]): Promise<{ exitCode: number; stdout: string }> {
  const [program, ...fixed] = agentCommand(AGENT_BUNDLE);
  return new Promise((resolve) => {
    execFile(program, [...fixed, ...parameters], { env: {} }, (error, stdout) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout });
    });
  });
}
