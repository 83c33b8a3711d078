import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { type AgentOutputEvent, parseAgentOutput } from "../core/agent-output.ts";

export type AgentRun = {
  readonly exitCode: number;
  readonly events: readonly AgentOutputEvent[];
  /** The agent's output beside its events: empty, unless it crashed. */
  readonly stderr: string;
};

const DEADLINE_MS = 300_000;

/** Runs the real agent as a process of its own, as the appliance's system would. */
export async function runAgent(
  command: readonly [string, ...string[]],
  parameters: readonly string[],
  input = "",
): Promise<AgentRun> {
  const [program, ...fixed] = command;
  const child = spawn(program, [...fixed, "--json", ...parameters], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {},
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined); // An agent that reads no input has closed it.
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { exitCode: Number(exitCode ?? -1), events: parseAgentOutput(stdout), stderr };
}
