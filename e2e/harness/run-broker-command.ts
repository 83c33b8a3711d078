import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import type { World } from "./open-world.ts";
import { BROKER } from "./programs.ts";

export type BrokerCommandEnding = {
  readonly status: unknown;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * A command of the broker, as its operator types it on the broker's machine. This process must not
 * wait for it without listening: the emulated Azure and its name server run in it.
 */
export async function runBrokerCommand(
  { stack }: World,
  ...args: readonly string[]
): Promise<BrokerCommandEnding> {
  const child = spawn(process.execPath, [BROKER, ...args], {
    env: stack.brokerEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status]: unknown[] = await ended;
  return { status, stdout, stderr };
}
