import { spawn } from "node:child_process";
import { once } from "node:events";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import type { EmulatedNode } from "@databox-cmk/device-emulator";

export type PrintedEvent = Readonly<Record<string, unknown>>;

/**
 * A command of the agent that goes on, as a process of its own. Disposing it ends it by SIGTERM.
 */
export type AgentProcess = AsyncDisposable & {
  readonly pid: number;
  readonly events: readonly PrintedEvent[];
  /**
   * Resolves with the first event, from now or before, that matches; rejects when the process ends
   * first.
   */
  event(matches: (event: PrintedEvent) => boolean): Promise<PrintedEvent>;
  signal(name: "SIGINT" | "SIGKILL"): void;
  /** The exit code; undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;
};

export function startAgent(
  node: EmulatedNode,
  words: readonly string[],
  bundle: string = AGENT_BUNDLE,
): AgentProcess {
  const [program, ...parameters] = agentCommand(bundle);
  const command = [...parameters, "--json", "--state-dir", node.stateDir, ...words];
  const child = spawn(program, command, { stdio: ["ignore", "pipe", "pipe"], env: {} });
  const ended = once(child, "close").then(([code]) =>
    typeof code === "number" ? code : undefined,
  );
  const events: PrintedEvent[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const value: PrintedEvent = JSON.parse(line);
      events.push(value);
    }
    for (const look of waiting) look();
  });
  return {
    pid: child.pid ?? 0,
    events,
    event(matches) {
      const { promise, resolve, reject } = Promise.withResolvers<PrintedEvent>();
      const look = () => {
        const found = events.find(matches);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
      child.once("close", () => {
        reject(new Error(`the agent ended: ${JSON.stringify(events)} ${stderr}`));
      });
      return promise.finally(() => waiting.delete(look));
    },
    signal(name) {
      child.kill(name);
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
