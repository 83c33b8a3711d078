import { spawn } from "node:child_process";
import { once } from "node:events";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import type { EmulatedNode } from "@databox-cmk/device-emulator";

export type DaemonEvent = Readonly<Record<string, unknown>>;

/** `databox-agent serve` of a node, as its service manager runs it. Disposing it ends it by SIGTERM. */
export type Daemon = AsyncDisposable & {
  readonly pid: number;
  readonly events: readonly DaemonEvent[];
  /** Resolves with the first event, from now or before, that matches; rejects when the daemon ends first. */
  event(matches: (event: DaemonEvent) => boolean): Promise<DaemonEvent>;
};

export async function runDaemon(node: EmulatedNode): Promise<Daemon> {
  const [program, ...parameters] = agentCommand(AGENT_BUNDLE);
  const command = [...parameters, "--json", "--state-dir", node.stateDir, "serve"];
  const child = spawn(program, command, { stdio: ["ignore", "pipe", "pipe"], env: {} });
  const ended = once(child, "close");
  const events: DaemonEvent[] = [];
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
      const value: DaemonEvent = JSON.parse(line);
      events.push(value);
    }
    for (const look of waiting) look();
  });
  const daemon: Daemon = {
    pid: child.pid ?? 0,
    events,
    event(matches) {
      const { promise, resolve, reject } = Promise.withResolvers<DaemonEvent>();
      const look = () => {
        const found = events.find(matches);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
      child.once("close", () => {
        reject(new Error(`the daemon ended: ${JSON.stringify(events)} ${stderr}`));
      });
      return promise.finally(() => waiting.delete(look));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
  await daemon.event(({ outcome }) => outcome === "serving");
  return daemon;
}
