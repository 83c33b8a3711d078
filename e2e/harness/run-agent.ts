import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";

import { withUserRights } from "./with-user-rights.ts";

/** Stops an agent that hangs; not a bound of the product. */
const DEADLINE_MS = 600_000;
/**
 * The agent takes cryptsetup from fixed folders only: hiding it needs a file system of its own (and
 * root).
 */
const HIDE_CRYPTSETUP = 'mount --bind /dev/null "$(readlink -f "$1")" && shift && exec "$@"';

export type AgentEnding = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** The agent as an operator runs it, for conditions that an emulated appliance does not have. */
export async function runAgent(
  parameters: readonly string[],
  options: {
    readonly input?: string;
    /** Whether the file system checks its rights, also those of root. */
    readonly hasUserRights?: true;
    /** Path of a cryptsetup that the agent must not find. */
    readonly hiding?: string;
  } = {},
): Promise<AgentEnding> {
  const { input = "", hasUserRights, hiding } = options;
  const bundle = agentCommand(AGENT_BUNDLE);
  const agent = [...(hasUserRights === true ? withUserRights(bundle) : bundle), ...parameters];
  const [program = "", ...rest] =
    hiding === undefined
      ? agent
      : ["unshare", "--mount", "sh", "-c", HIDE_CRYPTSETUP, "sh", hiding, ...agent];
  const child = spawn(program, rest, {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined); // an agent that reads no input has closed it
  child.stdin.end(input);
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await ended;
  return { exitCode: typeof exitCode === "number" ? exitCode : -1, stdout, stderr };
}
