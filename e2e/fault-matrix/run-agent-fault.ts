import { execFile } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import * as z from "zod";

import type { AgentFault } from "./faults/agent-faults.ts";
import { type Observation, observeAgent } from "./observation.ts";
import type { FaultWorld } from "./world/fault-world.ts";
import type { Site } from "./world/site.ts";

export type AgentFaultResult = {
  readonly fault: AgentFault;
  readonly seen: Observation;
  /** The agent's own record of it. */
  readonly journal: string;
};

const settings = z.looseObject({ connection: z.looseObject({}) });

/** The real agent on a copy of a prepared node's state, its broker moved to where the fault is. */
export async function runAgentFault(
  fault: AgentFault,
  { world, site }: { readonly world: FaultWorld; readonly site: Site },
): Promise<AgentFaultResult> {
  if (site.agent === undefined) throw new Error(`site ${site.name} has no agent`);
  const stateDir = join(world.folder, "agent-fault");
  const hostileCaFile = join(world.folder, "hostile.pem");
  await rm(stateDir, { recursive: true, force: true });
  await cp(site.agent.stateDir, stateDir, { recursive: true });
  await writeFile(hostileCaFile, world.hostile.caPem, { mode: 0o600 });
  const settingsFile = join(stateDir, "agent.json");
  const prepared = settings.parse(JSON.parse(await readFile(settingsFile, "utf8")));
  const connection = { ...prepared.connection, ...fault.connection(world, hostileCaFile) };
  await writeFile(settingsFile, JSON.stringify({ ...prepared, connection }), { mode: 0o600 });
  world.hostile.answer(fault.answer ?? "silence");

  const startedMs = performance.now();
  const { exitCode, stdout } = await run(["--json", "--state-dir", stateDir, "unlock"]);
  const elapsedMs = performance.now() - startedMs;
  const event: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return {
    fault,
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
